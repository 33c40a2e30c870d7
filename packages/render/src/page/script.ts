// The only script of a page: it makes copy buttons and folds the contents on small screens. The page is whole without it.
// It reads nothing but text, and ids of the document cannot meet the one it looks for.

/** The text of the script, exactly as its hash in the policy was taken. */
export const script = `(() => {
  const contents = document.querySelector('nav details');
  if (contents && matchMedia('(max-width: 70rem)').matches) contents.open = false;
  if (!navigator.clipboard) return;
  const said = document.getElementById('said');
  for (const box of document.querySelectorAll('.code')) {
    const pre = box.querySelector('pre');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy: ' + pre.getAttribute('aria-label'));
    button.addEventListener('click', async () => {
      const code = pre.cloneNode(true);
      for (const part of code.querySelectorAll('.prompt, .answer')) part.remove();
      let word = 'Copied';
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        word = 'Not copied';
      }
      button.textContent = word;
      said.textContent = word;
      setTimeout(() => {
        button.textContent = 'Copy';
        said.textContent = '';
      }, 2000);
    });
    box.prepend(button);
  }
})();
`;
