-- Version 4: tenants are ordered by name with letters that have marks beside those without.
--
-- `ordered` is a function of the program, so that no index refers to it.

ALTER TABLE tenants ADD COLUMN name_order TEXT; -- what the name is ordered by; NULL is name_key
UPDATE tenants SET name_order = ordered(name) WHERE ordered(name) <> name_key;
DROP INDEX tenants_by_name;
CREATE INDEX tenants_by_name ON tenants (coalesce(name_order, name_key), id);
