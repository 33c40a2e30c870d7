create table audit_event (
  id bigserial primary key,
  operation_id text not null,
  test text,
  stage text not null
);
