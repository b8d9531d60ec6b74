-- What brings a copy of this database back to what it is now: all rows, kept in a schema of their own, and who may not look
-- into it does not know of it.
DROP SCHEMA IF EXISTS snapshot CASCADE;
CREATE SCHEMA snapshot;

-- What there is to compare. Of a catalog of the database the rows are its tables, columns, triggers, rights: those are not
-- brought back.
CREATE TABLE snapshot.counted (place regclass PRIMARY KEY, kept regclass, rows bigint NOT NULL);
CREATE TABLE snapshot.sequence (place regclass PRIMARY KEY, last_value bigint NOT NULL, is_called boolean NOT NULL);
-- The last transaction that wrote what is there now. A row of a later one is not of the snapshot.
CREATE TABLE snapshot.mark (newest bigint NOT NULL);

DO $$
DECLARE
    place regclass;
    copy text;
    states text;
BEGIN
    FOR place IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        copy := format('snapshot.%I', 'of_' || (SELECT relname FROM pg_class WHERE oid = place));
        EXECUTE format('CREATE TABLE %s AS TABLE %s', copy, place);
        EXECUTE format('INSERT INTO snapshot.counted SELECT %L, %L, count(*) FROM %s', place, copy, place);
    END LOOP;
    FOR place IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
        EXECUTE format('INSERT INTO snapshot.sequence SELECT %L, last_value, is_called FROM %s', place, place);
    END LOOP;
    INSERT INTO snapshot.counted SELECT unnest('{pg_namespace, pg_class, pg_attribute, pg_attrdef, pg_constraint,
        pg_index, pg_proc, pg_trigger, pg_policy, pg_default_acl, pg_statistic}'::regclass[]), NULL, 0;

    -- A function, because a view would keep a test from dropping what it looks at.
    SELECT string_agg(
        format('SELECT %s::oid, count(*), coalesce(max(xmin::text::bigint), 0) FROM %s', c.place::oid, c.place),
        ' UNION ALL ') INTO states FROM snapshot.counted c;
    EXECUTE format('CREATE FUNCTION snapshot.state() RETURNS TABLE (place oid, rows bigint, newest bigint)
        LANGUAGE plpgsql SET max_parallel_workers_per_gather = 0 AS %L', 'BEGIN RETURN QUERY ' || states || '; END');
END $$;

-- Brings the rows back, or says that it cannot: the schema is another one, or there are so many rows that a new copy is
-- faster.
CREATE FUNCTION snapshot.restore(most_rows bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    last bigint := (SELECT mark.newest FROM snapshot.mark);
    changed regclass[];
    altered boolean;
    too_many boolean;
    changed_one regclass;
    kept_one regclass;
BEGIN
    -- Tells also of a table that is gone, which the comparison would stumble over.
    SELECT bool_or(c.rows <> s.rows OR s.newest > last) INTO altered FROM snapshot.counted c JOIN (
        SELECT 'pg_class'::regclass AS place, count(*) AS rows, max(xmin::text::bigint) AS newest FROM pg_class
    ) s ON s.place = c.place;
    IF altered THEN
        RETURN false;
    END IF;
    SELECT coalesce(bool_or(c.kept IS NULL), false), coalesce(sum(s.rows) > most_rows, false), array_agg(c.place)
        INTO altered, too_many, changed
        FROM snapshot.state() s JOIN snapshot.counted c ON c.place = s.place
        WHERE s.rows <> c.rows OR s.newest > last;
    IF altered OR too_many THEN
        RETURN false;
    END IF;
    -- No trigger fires and no foreign key is checked: what is brought back was sound together.
    PERFORM set_config('session_replication_role', 'replica', true);
    FOREACH changed_one IN ARRAY coalesce(changed, '{}') LOOP
        SELECT c.kept INTO kept_one FROM snapshot.counted c WHERE c.place = changed_one;
        EXECUTE format('DELETE FROM %s', changed_one);
        EXECUTE format('INSERT INTO %s SELECT * FROM %s', changed_one, kept_one);
    END LOOP;
    PERFORM setval(q.place, q.last_value, q.is_called) FROM snapshot.sequence q;
    UPDATE snapshot.mark SET newest = pg_current_xact_id()::text::bigint;
    RETURN true;
END $$;

-- All of this is one transaction, and the last one before the database is copied.
UPDATE snapshot.counted c SET rows = s.rows FROM snapshot.state() s WHERE s.place = c.place;
INSERT INTO snapshot.mark VALUES (pg_current_xact_id()::text::bigint);
