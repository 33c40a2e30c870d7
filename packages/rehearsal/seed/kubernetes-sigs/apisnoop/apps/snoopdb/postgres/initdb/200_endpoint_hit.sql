create view endpoint_hit as
  select operation_id, count(distinct test) as tests from audit_event group by operation_id;
