-- The log of the first version: commit a57f000, 'Bulk import, query service, …', run on 2026-11-30 with line-1 registered, SenML with
-- duplicates, a late reading, an alarm, unknown sensors and no JSON; a plain value; an import with a bad row; replays, an acknowledgement,
-- a rebuild. Written by pg_dump --schema=events --inserts; comments and psql commands left out.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA events;

CREATE FUNCTION events.mt_archive_stream(streamid character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  update events.mt_streams set is_archived = TRUE where id = streamid ;
  update events.mt_events set is_archived = TRUE where stream_id = streamid ;
END;
$$;

CREATE FUNCTION events.mt_grams_array(words text, use_unaccent boolean DEFAULT false) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
        DECLARE
result text[];
        DECLARE
word text;
        DECLARE
clean_word text;
BEGIN
                FOREACH
word IN ARRAY string_to_array(words, ' ')
                LOOP
                     clean_word = regexp_replace(events.mt_safe_unaccent(use_unaccent, word), '[^a-zA-Z0-9]+', '','g');
FOR i IN 1 .. length(clean_word)
                     LOOP
                         result := result || quote_literal(substr(lower(clean_word), i, 1));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 2));
                         result
:= result || quote_literal(substr(lower(clean_word), i, 3));
END LOOP;
END LOOP;

RETURN ARRAY(SELECT DISTINCT e FROM unnest(result) AS a(e) ORDER BY e);
END;
$$;

CREATE FUNCTION events.mt_grams_query(text, use_unaccent boolean DEFAULT false) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(events.mt_grams_array($1, use_unaccent), ' & ') ::tsquery);
END
$_$;

CREATE FUNCTION events.mt_grams_vector(text, use_unaccent boolean DEFAULT false) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $_$
BEGIN
RETURN (SELECT array_to_string(events.mt_grams_array($1, use_unaccent), ' ') ::tsvector);
END
$_$;

CREATE FUNCTION events.mt_immutable_date(value text) RETURNS date
    LANGUAGE sql IMMUTABLE
    AS $$
select value::date

$$;

CREATE FUNCTION events.mt_immutable_time(value text) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::time

$$;

CREATE FUNCTION events.mt_immutable_timestamp(value text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamp

$$;

CREATE FUNCTION events.mt_immutable_timestamptz(value text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
select value::timestamptz

$$;

CREATE FUNCTION events.mt_jsonb_append(jsonb, text[], jsonb, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    patch_expression ALIAS FOR $5;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
            END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_append_key_value(jsonb, text[], jsonb, boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    if_not_exists ALIAS FOR $4;
    tmp_value jsonb;
    _key text;
BEGIN
    tmp_value = retval #> location;

    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            WHEN NOT tmp_value ?| ARRAY(SELECT jsonb_object_keys(val)) THEN
                retval = jsonb_set(retval, location, tmp_value || val, FALSE);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_copy(jsonb, text[], text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_path ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = events.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value::jsonb, TRUE);
END;
$_$;

CREATE FUNCTION events.mt_jsonb_duplicate(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    targets ALIAS FOR $3;
    tmp_value jsonb;
    target_path text[];
    target text;
BEGIN
    FOR target IN SELECT jsonb_array_elements_text(targets)
    LOOP
        target_path = events.mt_jsonb_path_to_array(target, '\.');
        retval = events.mt_jsonb_copy(retval, location, target_path);
    END LOOP;

    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_fix_null_parent(jsonb, text[]) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    dst_path ALIAS FOR $2;
    dst_path_segment text[] = ARRAY[]::text[];
    dst_path_array_length integer;
    i integer = 1;
BEGIN
    dst_path_array_length = array_length(dst_path, 1);
    WHILE i <=(dst_path_array_length - 1)
    LOOP
        dst_path_segment = dst_path_segment || ARRAY[dst_path[i]];
        IF retval #> dst_path_segment IS NULL OR retval #> dst_path_segment = 'null'::jsonb THEN
            retval = jsonb_set(retval, dst_path_segment, '{}'::jsonb, TRUE);
        END IF;
        i = i + 1;
    END LOOP;

    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_increment(jsonb, text[], numeric) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
retval ALIAS FOR $1;
    location ALIAS FOR $2;
    increment_value ALIAS FOR $3;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NULL THEN
        tmp_value = to_jsonb(0);
END IF;

RETURN jsonb_set(retval, location, to_jsonb(tmp_value::numeric + increment_value), TRUE);
END;
$_$;

CREATE FUNCTION events.mt_jsonb_insert(jsonb, text[], jsonb, integer, boolean, jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    elm_index ALIAS FOR $4;
    if_not_exists ALIAS FOR $5;
    patch_expression ALIAS FOR $6;
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF elm_index IS NULL THEN
            elm_index = jsonb_array_length(tmp_value) + 1;
        END IF;
        CASE
            WHEN NOT if_not_exists THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) = 'object' AND NOT tmp_value @> jsonb_build_array(val) THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NULL AND jsonb_typeof(val) <> 'object' AND NOT tmp_value @> val THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            WHEN patch_expression IS NOT NULL AND jsonb_typeof(patch_expression) = 'array' AND jsonb_array_length(patch_expression) = 0 THEN
                retval = jsonb_insert(retval, location || elm_index::text, val);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_move(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    src_path ALIAS FOR $2;
    dst_name ALIAS FOR $3;
    dst_path text[];
    tmp_value jsonb;
BEGIN
    tmp_value = retval #> src_path;
    retval = retval #- src_path;
    dst_path = src_path;
    dst_path[array_length(dst_path, 1)] = dst_name;
    retval = events.mt_jsonb_fix_null_parent(retval, dst_path);
    RETURN jsonb_set(retval, dst_path, tmp_value, TRUE);
END;
$_$;

CREATE FUNCTION events.mt_jsonb_patch(jsonb, jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    patchset ALIAS FOR $2;
    patch jsonb;
    patch_path text[];
    patch_expression jsonb;
    value jsonb;
BEGIN
    FOR patch IN SELECT * from jsonb_array_elements(patchset)
    LOOP
        patch_path = events.mt_jsonb_path_to_array((patch->>'path')::text, '\.');

        patch_expression = null;
        IF (patch->>'type') IN ('remove', 'append_if_not_exists', 'insert_if_not_exists') AND (patch->>'expression') IS NOT NULL THEN
            patch_expression = jsonb_path_query_array(retval #> patch_path, (patch->>'expression')::jsonpath);
        END IF;

        CASE patch->>'type'
            WHEN 'set' THEN
                retval = jsonb_set(retval, patch_path, (patch->'value')::jsonb, TRUE);
            WHEN 'delete' THEN
                retval = retval#-patch_path;
            WHEN 'append' THEN
                retval = events.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, FALSE);
            WHEN 'append_if_not_exists' THEN
                retval = events.mt_jsonb_append(retval, patch_path, (patch->'value')::jsonb, TRUE, patch_expression);
            WHEN 'append_key_value' THEN
                retval = events.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, FALSE);
            WHEN 'append_key_value_if_not_exists' THEN
                retval = events.mt_jsonb_append_key_value(retval, patch_path, (patch->'key_value')::jsonb, TRUE);
            WHEN 'insert' THEN
                retval = events.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, FALSE);
            WHEN 'insert_if_not_exists' THEN
                retval = events.mt_jsonb_insert(retval, patch_path, (patch->'value')::jsonb, (patch->>'index')::integer, TRUE, patch_expression);
            WHEN 'remove' THEN
                retval = events.mt_jsonb_remove(retval, patch_path, COALESCE(patch_expression, (patch->'value')::jsonb));
            WHEN 'remove_key' THEN
                retval = events.mt_jsonb_remove_key(retval, patch_path, (patch->>'key'));
            WHEN 'duplicate' THEN
                retval = events.mt_jsonb_duplicate(retval, patch_path, (patch->'targets')::jsonb);
            WHEN 'rename' THEN
                retval = events.mt_jsonb_move(retval, patch_path, (patch->>'to')::text);
            WHEN 'increment' THEN
                retval = events.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            WHEN 'increment_float' THEN
                retval = events.mt_jsonb_increment(retval, patch_path, (patch->>'increment')::numeric);
            ELSE NULL;
        END CASE;
    END LOOP;
    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_jsonb_path_to_array(text, character) RETURNS text[]
    LANGUAGE plpgsql
    AS $_$
DECLARE
    location ALIAS FOR $1;
    regex_pattern ALIAS FOR $2;
BEGIN
RETURN regexp_split_to_array(location, regex_pattern)::text[];
END;
$_$;

CREATE FUNCTION events.mt_jsonb_remove(jsonb, text[], jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    val ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'array' THEN
        IF jsonb_typeof(val) = 'array' THEN
            tmp_remove = val;
        ELSE
            tmp_remove = jsonb_build_array(val);
        END IF;

        FOR patch_remove IN SELECT * FROM jsonb_array_elements(tmp_remove)
        LOOP
            tmp_value =(SELECT jsonb_agg(elem)
            FROM jsonb_array_elements(tmp_value) AS elem
            WHERE elem <> patch_remove);
        END LOOP;

        IF tmp_value IS NULL THEN
            tmp_value = '[]'::jsonb;
        END IF;
    END IF;
    RETURN jsonb_set(retval, location, tmp_value, FALSE);
END;
$_$;

CREATE FUNCTION events.mt_jsonb_remove_key(jsonb, text[], text) RETURNS jsonb
    LANGUAGE plpgsql
    AS $_$
DECLARE
    retval ALIAS FOR $1;
    location ALIAS FOR $2;
    _key ALIAS FOR $3;
    tmp_value jsonb;
    tmp_remove jsonb;
    patch_remove jsonb;
BEGIN
    tmp_value = retval #> location;
    IF tmp_value IS NOT NULL AND jsonb_typeof(tmp_value) = 'object' THEN
        RETURN jsonb_set(retval, location, tmp_value - _key, FALSE);
    END IF;
    RETURN retval;
END;
$_$;

CREATE FUNCTION events.mt_mark_event_progression(name character varying, last_encountered bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
INSERT INTO events.mt_event_progression (name, last_seq_id, last_updated)
VALUES (name, last_encountered, transaction_timestamp())
ON CONFLICT ON CONSTRAINT pk_mt_event_progression
    DO
UPDATE SET last_seq_id = last_encountered, last_updated = transaction_timestamp();

END;

$$;

CREATE FUNCTION events.mt_mark_progression_with_skip(shard_name character varying, ending_sequence bigint, starting_sequence bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    current_value bigint;
BEGIN
    select last_seq_id into current_value from events.mt_event_progression where name = shard_name;

    IF current_value is null then
        -- Bootstrap the high-water row on first invocation. Previously this branch
        -- returned 0, which left HighWaterAgent.CheckNowAsync polling forever because
        -- statistics.CurrentMark never advanced. Issue #4425.
        INSERT INTO events.mt_event_progression (name, last_seq_id, last_updated)
        VALUES (shard_name, ending_sequence, transaction_timestamp())
        ON CONFLICT ON CONSTRAINT pk_mt_event_progression
            DO UPDATE SET last_seq_id = ending_sequence, last_updated = transaction_timestamp();
        IF ending_sequence > starting_sequence THEN
            -- Idempotent: a rebuild/replay re-marks the same skip (ending_sequence is the
            -- PK). Re-recording an existing gap is a no-op. Conflict target is the PK
            -- constraint (the bare column name collides with the function parameter). #4530.
            insert into events.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
                on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        END IF;
        return ending_sequence;
    ELSIF current_value = starting_sequence THEN
        update events.mt_event_progression SET last_seq_id = ending_sequence, last_updated = transaction_timestamp() where shard_name = name;
        insert into events.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
            on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        return ending_sequence;
    ELSE
        return current_value;
    END IF;
END
$$;

CREATE FUNCTION events.mt_quick_append_events(stream character varying, stream_type character varying, tenantid character varying, event_ids uuid[], event_types character varying[], dotnet_types character varying[], bodies jsonb[], bdatas bytea[], headers jsonb[], timestamps timestamp with time zone[], expected_version bigint DEFAULT NULL::bigint) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
	event_version bigint;
	stream_is_archived boolean;
	event_type varchar;
	event_id uuid;
	body jsonb;
	index int;
	seq bigint;
    actual_tenant varchar;
    is_new_stream boolean := false;
	return_value bigint[];
BEGIN
    if expected_version IS NOT NULL then
        -- COALESCE turns the NULL we get for a brand-new stream into 0, so a
        -- FetchForWriting against a non-existent stream (which sets
        -- ExpectedVersionOnServer = 0) and a StartStream(id, version: 0) both
        -- land on the new-stream branch instead of mis-firing the guard.
        select version, is_archived into event_version, stream_is_archived from events.mt_streams where id = stream;
        if COALESCE(event_version, 0) != expected_version then
            RAISE EXCEPTION 'Stream version mismatch on ''%'': expected %, actual %', stream, expected_version, COALESCE(event_version, 0) USING ERRCODE = 'MT003';
        end if;
    else
        select version, is_archived into event_version, stream_is_archived from events.mt_streams where id = stream;
    end if;

	if event_version IS NULL then
		event_version = 0;
		is_new_stream := true;
		-- #5456 follow-up: insert the FINAL version straight away rather than 0 plus a
		-- trailing UPDATE of the row we just wrote in this same transaction. That UPDATE
		-- is a second heap tuple + WAL record per stream creation for no observable gain
		-- -- nothing outside this transaction can see the intermediate 0. The trailing
		-- UPDATE below is skipped for this branch via is_new_stream.
		insert into events.mt_streams (id, type, version, timestamp, tenant_id) values (stream, stream_type, COALESCE(array_length(event_ids, 1), 0), now(), tenantid);
    else
        if stream_is_archived then
            RAISE EXCEPTION 'Attempted to append event to archived stream with Id ''%''.', stream USING ERRCODE = 'MT001';
        end if;
        if tenantid IS NOT NULL then
            select tenant_id into actual_tenant from events.mt_streams where id = stream;
            if actual_tenant != tenantid then
                RAISE EXCEPTION 'The tenantid does not match the existing stream';
            end if;
        end if;
	end if;

	index := 1;
	-- #5062: array_length('{}', 1) is NULL in PostgreSQL, not 0, so a call with an
	-- empty event array used to return ARRAY[NULL] -- a bigint[] whose only element
	-- is NULL, which Npgsql cannot read into long[] ('Cannot read a non-nullable
	-- collection of elements because the returned array contains nulls'). COALESCE
	-- makes the empty case mean what it says: zero events appended, so the final
	-- version is the stream's current version.
	return_value := ARRAY[event_version + COALESCE(array_length(event_ids, 1), 0)];

	foreach event_id in ARRAY event_ids
	loop
        seq := nextval('events.mt_events_sequence');
		return_value := array_append(return_value, seq);

	    event_version := event_version + 1;
		event_type = event_types[index];
		body = bodies[index];

		-- #4515 / #4578 / Phase 2: bdatas[index] carries the binary payload
		-- for events opted in to binary serialization (NULL otherwise).
		-- bodies[index] is the {} JSON placeholder for those events so the
		-- existing data jsonb NOT NULL constraint stays intact.
		insert into events.mt_events
			(seq_id, id, stream_id, version, data, bdata, type, tenant_id, timestamp, mt_dotnet_type, is_archived, headers)
		values
			(seq, event_id, stream, event_version, body, bdatas[index], event_type, tenantid, timestamps[index], dotnet_types[index], FALSE, headers[index]);

		index := index + 1;
	end loop;

	-- A brand-new stream already carries its final version from the insert above, so the
	-- UPDATE is only needed when we appended onto a stream that already existed.
	--
	-- #5539: and only when we actually appended something. With ZERO events this was a BLIND write-back
	-- of the version read at the top of the function, and under READ COMMITTED that is a lost update: the
	-- UPDATE waits on a concurrent appender's row lock, the winner commits, the WHERE clause is
	-- re-evaluated against the new row, and `set version = <the stale value>` lands -- leaving
	-- mt_streams.version BELOW the stream's own events. Every later append then computes a version that
	-- already exists and dies on pk_mt_events_stream_and_version, forever, until the row is repaired by
	-- hand. A non-empty call cannot do this: its first INSERT collides with the winner on that same
	-- primary key and rolls the whole thing back, which is why only the empty case was exposed.
	--
	-- Two independent guards, because either alone would have been enough and the cost of both is nil:
	--   * the append count -- appending nothing has nothing to write, so the correct number of statements
	--     is zero rather than one that happens to be harmless;
	--   * greatest(), so the write-back can never LOWER a stream's version whoever calls it. An append
	--     only ever moves a version forward, so this is a no-op on every correct path and a backstop on
	--     any future caller that reads the version and then writes it back.
	if not is_new_stream and COALESCE(array_length(event_ids, 1), 0) > 0 then
		update events.mt_streams set version = greatest(version, event_version), timestamp = now() where id = stream;
	end if;

	return return_value;
END
$$;

CREATE FUNCTION events.mt_safe_unaccent(use_unaccent boolean, word text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
BEGIN
IF use_unaccent THEN
    RETURN public.unaccent(word);
ELSE
    RETURN word;
END IF;
END;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE events.mt_doc_deadletterevent (
    id uuid NOT NULL,
    data jsonb NOT NULL,
    mt_last_modified timestamp with time zone DEFAULT transaction_timestamp(),
    mt_version uuid DEFAULT (md5(((random())::text || (clock_timestamp())::text)))::uuid NOT NULL,
    mt_dotnet_type character varying
);

CREATE TABLE events.mt_event_progression (
    name character varying NOT NULL,
    last_seq_id bigint,
    last_updated timestamp with time zone DEFAULT transaction_timestamp(),
    mode character varying DEFAULT 'none'::character varying,
    rebuild_threshold integer DEFAULT 0,
    assigned_node integer DEFAULT 0,
    heartbeat timestamp with time zone,
    agent_status character varying(20),
    pause_reason text,
    running_on_node integer,
    warning_behind_threshold bigint,
    critical_behind_threshold bigint,
    failure_category character varying(50),
    failure_event_sequence bigint,
    failure_event_type character varying(500),
    failure_event_tenant_id character varying(500)
);

CREATE TABLE events.mt_event_projection_floors (
    name character varying NOT NULL,
    tenant_id character varying NOT NULL,
    floor bigint NOT NULL,
    last_updated timestamp with time zone DEFAULT transaction_timestamp()
);

CREATE TABLE events.mt_events (
    seq_id bigint NOT NULL,
    id uuid NOT NULL,
    stream_id character varying,
    version bigint NOT NULL,
    data jsonb NOT NULL,
    bdata bytea,
    type character varying(500) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT '2026-11-30 10:12:08.093573+00'::timestamp with time zone NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying,
    mt_dotnet_type character varying,
    headers jsonb,
    is_archived boolean DEFAULT false
);

CREATE SEQUENCE events.mt_events_sequence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE events.mt_events_sequence OWNED BY events.mt_events.seq_id;

CREATE TABLE events.mt_high_water_skips (
    ending_sequence bigint NOT NULL,
    starting_sequence bigint NOT NULL,
    "timestamp" timestamp with time zone DEFAULT transaction_timestamp()
);

CREATE TABLE events.mt_streams (
    id character varying NOT NULL,
    type character varying,
    version bigint,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying DEFAULT '*DEFAULT*'::character varying,
    compacted_version bigint DEFAULT 0 NOT NULL,
    is_archived boolean DEFAULT false
);

INSERT INTO events.mt_events VALUES
	(1, '4fb17f43-45f4-48e8-8990-fe9b0e7000c2', 'asset/extrusion-line', 1, '{"name": "Single-screw extrusion line", "assetId": "extrusion-line", "modelId": "extrusion-line", "modelHash": "9d1197e276bcd54ec903547cf4a9613816dfc5c79f9f557cdbecf9a7d77d5db8", "modelYaml": "# A single-screw plastics extruder: 60 mm, 25 D, five barrel zones, die, gearbox, haul-off.\n# yaml-language-server: $schema=asset-model.schema.json\nschema: pollux/asset-model/1\nid: extrusion-line\nname: Single-screw extrusion line\nversion: 1\ndescription: 60 mm single-screw extruder for polyethylene with five heated barrel zones, die, gear drive and haul-off with dancer.\n\ncomponents:\n  - { id: line, kind: line, name: Extrusion line }\n  - { id: extruder, kind: extruder, name: Extruder }\n  - { id: barrel, kind: barrel, name: Barrel }\n  - { id: zone-1, kind: temperature-zone, name: Barrel zone 1 }\n  - { id: zone-2, kind: temperature-zone, name: Barrel zone 2 }\n  - { id: zone-3, kind: temperature-zone, name: Barrel zone 3 }\n  - { id: zone-4, kind: temperature-zone, name: Barrel zone 4 }\n  - { id: zone-5, kind: temperature-zone, name: Barrel zone 5 }\n  - { id: screw, kind: screw, name: Screw }\n  - { id: die, kind: die, name: Die }\n  - { id: motor, kind: motor, name: Main drive motor }\n  - { id: gearbox, kind: gearbox, name: Gearbox }\n  - { id: gearbox-bearing, kind: bearing, name: Gearbox thrust bearing }\n  - { id: haul-off, kind: haul-off, name: Haul-off with dancer }\n\nrelationships:\n  - { type: part-of, from: extruder, to: line }\n  - { type: part-of, from: haul-off, to: line }\n  - { type: part-of, from: barrel, to: extruder }\n  - { type: part-of, from: screw, to: extruder }\n  - { type: part-of, from: die, to: extruder }\n  - { type: part-of, from: motor, to: extruder }\n  - { type: part-of, from: gearbox, to: extruder }\n  - { type: part-of, from: gearbox-bearing, to: gearbox }\n  - { type: part-of, from: zone-1, to: barrel }\n  - { type: part-of, from: zone-2, to: barrel }\n  - { type: part-of, from: zone-3, to: barrel }\n  - { type: part-of, from: zone-4, to: barrel }\n  - { type: part-of, from: zone-5, to: barrel }\n  - { type: drives, from: motor, to: gearbox }\n  - { type: drives, from: gearbox, to: screw }\n  - { type: feeds, from: screw, to: die }\n  - { type: feeds, from: die, to: haul-off }\n\nsensors:\n  - { id: zone-1-temperature, number: 1, component: zone-1, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-2-temperature, number: 2, component: zone-2, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-3-temperature, number: 3, component: zone-3, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-4-temperature, number: 4, component: zone-4, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-5-temperature, number: 5, component: zone-5, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: melt-temperature, number: 6, component: die, quantity: temperature, unit: degC, physical: [-50, 600], plausible: [0, 350], interval: 1s, noise: 0.3 }\n  - { id: melt-pressure, number: 7, component: die, quantity: pressure, unit: bar, physical: [-1, 1000], plausible: [-1, 350], interval: 1s, noise: 0.2 }\n  - { id: melt-flow, number: 8, component: die, quantity: mass-flow, unit: kg/h, physical: [0, 1000], plausible: [0, 200], interval: 1s, noise: 0.3 }\n  - { id: screw-speed, number: 9, component: screw, quantity: rotational-speed, unit: 1/min, physical: [-10, 1000], plausible: [0, 200], interval: 1s, noise: 0.02 }\n  - { id: motor-current, number: 10, component: motor, quantity: current, unit: A, physical: [0, 500], plausible: [0, 100], interval: 1s, noise: 0.1 }\n  - { id: motor-power, number: 11, component: motor, quantity: power, unit: kW, physical: [0, 250], plausible: [0, 45], interval: 1s, noise: 0.03 }\n  - { id: bearing-vibration, number: 12, component: gearbox-bearing, quantity: vibration-velocity, unit: mm/s, physical: [0, 1000], plausible: [0, 60], interval: 1s, noise: 0.05 }\n  - { id: bearing-temperature, number: 13, component: gearbox-bearing, quantity: temperature, unit: degC, physical: [-50, 300], plausible: [0, 150], interval: 5s, noise: 0.2 }\n  - { id: screw-position, number: 14, component: screw, quantity: length, unit: mm, physical: [-50, 50], plausible: [-5, 5], interval: 1s, noise: 0.003 }\n  - { id: dancer-position, number: 15, component: haul-off, quantity: length, unit: mm, physical: [-500, 500], plausible: [-250, 250], interval: 1s, noise: 0.5 }\n  - { id: heater-power, number: 16, component: barrel, quantity: power, unit: kW, physical: [0, 100], plausible: [0, 25], interval: 1s, noise: 0.02 }\n\nlimits:\n  - { id: zone-1-over-temperature, sensor: zone-1-temperature, above: 230, clear: 225, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-2-over-temperature, sensor: zone-2-temperature, above: 240, clear: 235, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-3-over-temperature, sensor: zone-3-temperature, above: 245, clear: 240, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-4-over-temperature, sensor: zone-4-temperature, above: 250, clear: 245, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-5-over-temperature, sensor: zone-5-temperature, above: 250, clear: 245, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: melt-temperature-high, sensor: melt-temperature, above: 255, clear: 250, severity: warning, on-delay: 3s, off-delay: 5s, message: Melt is hot; the polymer degrades above 270 degC }\n  - { id: melt-temperature-critical, sensor: melt-temperature, above: 270, clear: 262, severity: critical, on-delay: 1s, off-delay: 5s }\n  - { id: melt-pressure-high, sensor: melt-pressure, above: 200, clear: 180, severity: critical, on-delay: 0s, off-delay: 5s, message: Rupture disc opens at 250 bar }\n  - { id: motor-power-high, sensor: motor-power, above: 30, clear: 28, severity: warning, on-delay: 5s, off-delay: 10s }\n  - { id: bearing-vibration-warning, sensor: bearing-vibration, above: 4.5, clear: 4.0, severity: warning, on-delay: 5s, off-delay: 10s }\n  - { id: bearing-vibration-critical, sensor: bearing-vibration, above: 7.1, clear: 6.5, severity: critical, on-delay: 2s, off-delay: 10s }\n  - { id: bearing-over-temperature, sensor: bearing-temperature, above: 95, clear: 90, severity: warning, on-delay: 10s, off-delay: 10s }\n  - { id: dancer-low, sensor: dancer-position, below: -200, clear: -180, severity: warning, on-delay: 2s, off-delay: 2s }\n  - { id: dancer-high, sensor: dancer-position, above: 200, clear: 180, severity: warning, on-delay: 2s, off-delay: 2s }\n\nconnections:\n  - { topic: \"pollux/{asset}/senml\", payload: senml }\n  - topic: \"spBv1.0/pollux/{message}/{node}/{asset}\"\n    payload: sparkplug-b\n    names:\n      Barrel/Zone 1/Temperature: zone-1-temperature\n      Barrel/Zone 2/Temperature: zone-2-temperature\n      Barrel/Zone 3/Temperature: zone-3-temperature\n      Barrel/Zone 4/Temperature: zone-4-temperature\n      Barrel/Zone 5/Temperature: zone-5-temperature\n      Barrel/Heater Power: heater-power\n      Die/Melt Temperature: melt-temperature\n      Die/Melt Pressure: melt-pressure\n      Die/Melt Flow: melt-flow\n      Screw/Speed: screw-speed\n      Screw/Position: screw-position\n      Motor/Current: motor-current\n      Motor/Power: motor-power\n      Gearbox/Bearing/Vibration: bearing-vibration\n      Gearbox/Bearing/Temperature: bearing-temperature\n      Haul-off/Dancer Position: dancer-position\n  - { topic: \"pollux/{asset}/sensors/{sensor}\", payload: plain }\n", "modelVersion": 1, "registeredAt": "2026-11-30T10:21:48.2476855+00:00"}', NULL, 'asset_registered', '2026-11-30 10:21:48.338544+00', '*DEFAULT*', 'Contracts.Events.AssetRegistered, Contracts', 'null', false),
	(2, '55e17dfb-ed4a-406c-a7de-54ba5ca32015', 'asset/pump-loop', 1, '{"name": "Water-circulation loop", "assetId": "pump-loop", "modelId": "pump-loop", "modelHash": "6403c155f45c4786e49a1842be735bfe697c0e466680a842c501e5831a94a642", "modelYaml": "# The water-circulation test bed of the Skoltech Anomaly Benchmark (SKAB): pump, motor, two valves, tank.\n# yaml-language-server: $schema=asset-model.schema.json\nschema: pollux/asset-model/1\nid: pump-loop\nname: Water-circulation loop\nversion: 1\ndescription: Pump, motor, inlet and outlet valve and tank of the public SKAB test bed; units as measured there.\n\ncomponents:\n  - { id: loop, kind: loop, name: Circulation loop }\n  - { id: pump, kind: pump, name: Centrifugal pump }\n  - { id: motor, kind: motor, name: Pump motor }\n  - { id: inlet-valve, kind: valve, name: Inlet valve }\n  - { id: outlet-valve, kind: valve, name: Outlet valve }\n  - { id: tank, kind: tank, name: Water tank }\n\nrelationships:\n  - { type: part-of, from: pump, to: loop }\n  - { type: part-of, from: motor, to: loop }\n  - { type: part-of, from: inlet-valve, to: loop }\n  - { type: part-of, from: outlet-valve, to: loop }\n  - { type: part-of, from: tank, to: loop }\n  - { type: drives, from: motor, to: pump }\n  - { type: feeds, from: tank, to: inlet-valve }\n  - { type: feeds, from: inlet-valve, to: pump }\n  - { type: feeds, from: pump, to: outlet-valve }\n  - { type: feeds, from: outlet-valve, to: tank }\n\nsensors:\n  - { id: accelerometer-1, number: 1, component: pump, quantity: acceleration, unit: g, physical: [0, 50], plausible: [0, 2], interval: 1s, noise: 0.0005, missing-after: 300s }\n  - { id: accelerometer-2, number: 2, component: motor, quantity: acceleration, unit: g, physical: [0, 50], plausible: [0, 2], interval: 1s, noise: 0.0005, missing-after: 300s }\n  - { id: motor-current, number: 3, component: motor, quantity: current, unit: A, physical: [0, 50], plausible: [0, 10], interval: 1s, noise: 0.2, missing-after: 300s }\n  - { id: pressure, number: 4, component: pump, quantity: pressure, unit: bar, physical: [-2, 50], plausible: [-1.1, 10], interval: 1s, noise: 0.33, missing-after: 300s }\n  - { id: motor-temperature, number: 5, component: motor, quantity: temperature, unit: degC, physical: [-50, 250], plausible: [0, 150], interval: 1s, noise: 0.2, missing-after: 300s }\n  - { id: fluid-temperature, number: 6, component: loop, quantity: temperature, unit: degC, physical: [-50, 150], plausible: [0, 100], interval: 1s, noise: 0.02, missing-after: 300s }\n  - { id: motor-voltage, number: 7, component: motor, quantity: voltage, unit: V, physical: [0, 1000], plausible: [150, 300], interval: 1s, noise: 5, missing-after: 300s }\n  - { id: volume-flow, number: 8, component: loop, quantity: volume-flow, unit: l/min, physical: [-10, 1000], plausible: [0, 200], interval: 1s, noise: 0.5, missing-after: 300s }\n\nlimits:\n  - { id: motor-over-temperature, sensor: motor-temperature, above: 95, clear: 92, severity: warning, on-delay: 10s, off-delay: 10s }\n  - { id: fluid-over-temperature, sensor: fluid-temperature, above: 60, clear: 55, severity: warning, on-delay: 10s, off-delay: 10s }\n  - { id: low-flow, sensor: volume-flow, below: 20, clear: 25, severity: warning, on-delay: 5s, off-delay: 10s }\n\nconnections:\n  - { topic: \"pollux/{asset}/senml\", payload: senml }\n  - { topic: \"pollux/{asset}/sensors/{sensor}\", payload: plain }\n\nimports:\n  csv:\n    separator: \";\"\n    time: datetime\n    time-format: yyyy-MM-dd HH:mm:ss\n    time-zone: UTC\n    columns:\n      Accelerometer1RMS: accelerometer-1\n      Accelerometer2RMS: accelerometer-2\n      Current: motor-current\n      Pressure: pressure\n      Temperature: motor-temperature\n      Thermocouple: fluid-temperature\n      Voltage: motor-voltage\n      Volume Flow RateRMS: volume-flow\n    ignore: [anomaly, changepoint]\n", "modelVersion": 1, "registeredAt": "2026-11-30T10:21:53.0471301+00:00"}', NULL, 'asset_registered', '2026-11-30 10:21:53.054461+00', '*DEFAULT*', 'Contracts.Events.AssetRegistered, Contracts', 'null', false),
	(3, '400874e1-4cec-47d2-a63c-aecfd9e1f9dc', 'asset/line-1', 1, '{"name": "Line 1", "assetId": "line-1", "modelId": "extrusion-line", "modelHash": "9d1197e276bcd54ec903547cf4a9613816dfc5c79f9f557cdbecf9a7d77d5db8", "modelYaml": "# A single-screw plastics extruder: 60 mm, 25 D, five barrel zones, die, gearbox, haul-off.\n# yaml-language-server: $schema=asset-model.schema.json\nschema: pollux/asset-model/1\nid: extrusion-line\nname: Single-screw extrusion line\nversion: 1\ndescription: 60 mm single-screw extruder for polyethylene with five heated barrel zones, die, gear drive and haul-off with dancer.\n\ncomponents:\n  - { id: line, kind: line, name: Extrusion line }\n  - { id: extruder, kind: extruder, name: Extruder }\n  - { id: barrel, kind: barrel, name: Barrel }\n  - { id: zone-1, kind: temperature-zone, name: Barrel zone 1 }\n  - { id: zone-2, kind: temperature-zone, name: Barrel zone 2 }\n  - { id: zone-3, kind: temperature-zone, name: Barrel zone 3 }\n  - { id: zone-4, kind: temperature-zone, name: Barrel zone 4 }\n  - { id: zone-5, kind: temperature-zone, name: Barrel zone 5 }\n  - { id: screw, kind: screw, name: Screw }\n  - { id: die, kind: die, name: Die }\n  - { id: motor, kind: motor, name: Main drive motor }\n  - { id: gearbox, kind: gearbox, name: Gearbox }\n  - { id: gearbox-bearing, kind: bearing, name: Gearbox thrust bearing }\n  - { id: haul-off, kind: haul-off, name: Haul-off with dancer }\n\nrelationships:\n  - { type: part-of, from: extruder, to: line }\n  - { type: part-of, from: haul-off, to: line }\n  - { type: part-of, from: barrel, to: extruder }\n  - { type: part-of, from: screw, to: extruder }\n  - { type: part-of, from: die, to: extruder }\n  - { type: part-of, from: motor, to: extruder }\n  - { type: part-of, from: gearbox, to: extruder }\n  - { type: part-of, from: gearbox-bearing, to: gearbox }\n  - { type: part-of, from: zone-1, to: barrel }\n  - { type: part-of, from: zone-2, to: barrel }\n  - { type: part-of, from: zone-3, to: barrel }\n  - { type: part-of, from: zone-4, to: barrel }\n  - { type: part-of, from: zone-5, to: barrel }\n  - { type: drives, from: motor, to: gearbox }\n  - { type: drives, from: gearbox, to: screw }\n  - { type: feeds, from: screw, to: die }\n  - { type: feeds, from: die, to: haul-off }\n\nsensors:\n  - { id: zone-1-temperature, number: 1, component: zone-1, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-2-temperature, number: 2, component: zone-2, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-3-temperature, number: 3, component: zone-3, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-4-temperature, number: 4, component: zone-4, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: zone-5-temperature, number: 5, component: zone-5, quantity: temperature, unit: degC, physical: [-50, 500], plausible: [0, 320], interval: 1s, noise: 0.15 }\n  - { id: melt-temperature, number: 6, component: die, quantity: temperature, unit: degC, physical: [-50, 600], plausible: [0, 350], interval: 1s, noise: 0.3 }\n  - { id: melt-pressure, number: 7, component: die, quantity: pressure, unit: bar, physical: [-1, 1000], plausible: [-1, 350], interval: 1s, noise: 0.2 }\n  - { id: melt-flow, number: 8, component: die, quantity: mass-flow, unit: kg/h, physical: [0, 1000], plausible: [0, 200], interval: 1s, noise: 0.3 }\n  - { id: screw-speed, number: 9, component: screw, quantity: rotational-speed, unit: 1/min, physical: [-10, 1000], plausible: [0, 200], interval: 1s, noise: 0.02 }\n  - { id: motor-current, number: 10, component: motor, quantity: current, unit: A, physical: [0, 500], plausible: [0, 100], interval: 1s, noise: 0.1 }\n  - { id: motor-power, number: 11, component: motor, quantity: power, unit: kW, physical: [0, 250], plausible: [0, 45], interval: 1s, noise: 0.03 }\n  - { id: bearing-vibration, number: 12, component: gearbox-bearing, quantity: vibration-velocity, unit: mm/s, physical: [0, 1000], plausible: [0, 60], interval: 1s, noise: 0.05 }\n  - { id: bearing-temperature, number: 13, component: gearbox-bearing, quantity: temperature, unit: degC, physical: [-50, 300], plausible: [0, 150], interval: 5s, noise: 0.2 }\n  - { id: screw-position, number: 14, component: screw, quantity: length, unit: mm, physical: [-50, 50], plausible: [-5, 5], interval: 1s, noise: 0.003 }\n  - { id: dancer-position, number: 15, component: haul-off, quantity: length, unit: mm, physical: [-500, 500], plausible: [-250, 250], interval: 1s, noise: 0.5 }\n  - { id: heater-power, number: 16, component: barrel, quantity: power, unit: kW, physical: [0, 100], plausible: [0, 25], interval: 1s, noise: 0.02 }\n\nlimits:\n  - { id: zone-1-over-temperature, sensor: zone-1-temperature, above: 230, clear: 225, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-2-over-temperature, sensor: zone-2-temperature, above: 240, clear: 235, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-3-over-temperature, sensor: zone-3-temperature, above: 245, clear: 240, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-4-over-temperature, sensor: zone-4-temperature, above: 250, clear: 245, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: zone-5-over-temperature, sensor: zone-5-temperature, above: 250, clear: 245, severity: warning, on-delay: 3s, off-delay: 5s }\n  - { id: melt-temperature-high, sensor: melt-temperature, above: 255, clear: 250, severity: warning, on-delay: 3s, off-delay: 5s, message: Melt is hot; the polymer degrades above 270 degC }\n  - { id: melt-temperature-critical, sensor: melt-temperature, above: 270, clear: 262, severity: critical, on-delay: 1s, off-delay: 5s }\n  - { id: melt-pressure-high, sensor: melt-pressure, above: 200, clear: 180, severity: critical, on-delay: 0s, off-delay: 5s, message: Rupture disc opens at 250 bar }\n  - { id: motor-power-high, sensor: motor-power, above: 30, clear: 28, severity: warning, on-delay: 5s, off-delay: 10s }\n  - { id: bearing-vibration-warning, sensor: bearing-vibration, above: 4.5, clear: 4.0, severity: warning, on-delay: 5s, off-delay: 10s }\n  - { id: bearing-vibration-critical, sensor: bearing-vibration, above: 7.1, clear: 6.5, severity: critical, on-delay: 2s, off-delay: 10s }\n  - { id: bearing-over-temperature, sensor: bearing-temperature, above: 95, clear: 90, severity: warning, on-delay: 10s, off-delay: 10s }\n  - { id: dancer-low, sensor: dancer-position, below: -200, clear: -180, severity: warning, on-delay: 2s, off-delay: 2s }\n  - { id: dancer-high, sensor: dancer-position, above: 200, clear: 180, severity: warning, on-delay: 2s, off-delay: 2s }\n\nconnections:\n  - { topic: \"pollux/{asset}/senml\", payload: senml }\n  - topic: \"spBv1.0/pollux/{message}/{node}/{asset}\"\n    payload: sparkplug-b\n    names:\n      Barrel/Zone 1/Temperature: zone-1-temperature\n      Barrel/Zone 2/Temperature: zone-2-temperature\n      Barrel/Zone 3/Temperature: zone-3-temperature\n      Barrel/Zone 4/Temperature: zone-4-temperature\n      Barrel/Zone 5/Temperature: zone-5-temperature\n      Barrel/Heater Power: heater-power\n      Die/Melt Temperature: melt-temperature\n      Die/Melt Pressure: melt-pressure\n      Die/Melt Flow: melt-flow\n      Screw/Speed: screw-speed\n      Screw/Position: screw-position\n      Motor/Current: motor-current\n      Motor/Power: motor-power\n      Gearbox/Bearing/Vibration: bearing-vibration\n      Gearbox/Bearing/Temperature: bearing-temperature\n      Haul-off/Dancer Position: dancer-position\n  - { topic: \"pollux/{asset}/sensors/{sensor}\", payload: plain }\n", "modelVersion": 1, "registeredAt": "2026-11-30T10:22:06.2086106+00:00"}', NULL, 'asset_registered', '2026-11-30 10:22:06.208872+00', '*DEFAULT*', 'Contracts.Events.AssetRegistered, Contracts', 'null', false),
	(4, '73a9b768-10bf-4e6c-ae6f-a047e68778ba', 'telemetry/line-1/2026-11-30', 1, '{}', '\x098031bfc47b61060011085cd0c47b6106001a0a08c0843d10021a0200021a0b08e80710021a04fa01d00f220b08061a0708011203f22014220c08071a0808021204b27dc801221208091001220c083fbf9add3746e9846205d0', 'readings_recorded', '2026-11-30 10:22:10.9037+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(5, '0ab8cec8-2023-4942-904a-73fcce56b0b8', 'telemetry/line-1/2026-11-30', 2, '{}', '\x0900b6ddc47b61060011805ef0c57b6106001a1008c0843d10081a0800020000000000001a1108c0843d10091a090002000000000000141a1108e80710081a0afa01d00f000000000000221108061a0d080112099a2114141414141414221e080710011a1808021214c28001c801c801c801c801c801c801c801babd01222508091002221f083fbf9add3746ef25621ed0620533620350620df162075f5301fd306202d12801', 'readings_recorded', '2026-11-30 10:22:11.680029+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(6, '3c404c0b-b181-4579-a2a8-6655002130b4', 'telemetry/line-1/2026-11-30', 3, '{}', '\x09c0a93cc67b610600114040d5c67b6106001a0a08c0843d10021a020014220908071a051203b40102', 'readings_recorded', '2026-11-30 10:22:12.535452+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(7, 'f1f40b7b-0df9-4064-920d-07206cb0a113', 'telemetry/line-1/2026-11-30', 4, '{}', '\x09e01d13c57b610600118082e4c67b6106001a0b08a08d0610021a0300e204220c08071a0808011204ae0d8201', 'readings_recorded', '2026-11-30 10:22:12.615031+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(8, '55b4939a-b923-4a94-8406-ddf9d8429847', 'rejected/line-1/2026-11-30', 1, '{"id": "01a22bf9-fa75-798f-a84f-aff668546da8", "digest": "0a60ebba31a2cf5411612d1b81c9b2434150bab593b9cac235712264564c43df", "source": "pollux/line-1/senml", "assetId": "line-1", "payload": "W3sibiI6Im5vLXN1Y2gtc2Vuc29yIiwidCI6MTc5NjAzNDA3MSwidiI6MX0seyJuIjoibWVsdC1wcmVzc3VyZSIsInQiOjE3OTYwMzQxMDYsInYiOjkyfV0=", "reasons": [{"code": "unknown-sensor", "detail": "record 0: ''n'' is ''no-such-sensor''; allowed: zone-1-temperature, zone-2-temperature, zone-3-temperature, zone-4-temperature, zone-5-temperature, melt-temperature, melt-pressure, melt-flow, screw-speed, motor-current, motor-power, bearing-vibration, bearing-temperature, screw-position, dancer-position, heater-power."}], "readings": 1, "rejectedAt": "2026-11-30T10:22:12.5971861+00:00"}', NULL, 'readings_rejected', '2026-11-30 10:22:12.615069+00', '*DEFAULT*', 'Contracts.Events.ReadingsRejected, Contracts', 'null', false),
	(9, 'd12c7c92-c304-452c-a2d4-313592931e5e', 'twin/line-1', 1, '{"unit": "bar", "value": 210.5, "alarmId": "line-1.melt-pressure-high.1796034090000000", "assetId": "line-1", "limitId": "melt-pressure-high", "message": "Rupture disc opens at 250 bar", "raisedAt": "2026-11-30T10:21:30+00:00", "sensorId": "melt-pressure", "severity": "critical"}', NULL, 'alarm_raised', '2026-11-30 10:22:12.629706+00', '*DEFAULT*', 'Contracts.Events.AlarmRaised, Contracts', 'null', false),
	(10, '9fc0a160-5ad2-48d8-9460-8a0205bb7b4a', 'rejected/line-1/2026-11-30', 2, '{"id": "01a22bf9-faac-79db-b64f-0bfa721ad73e", "digest": "9c83ce86d4e878a50f966c5f967bac98df35fae89f137cef16e0ebcf4befe60d", "source": "pollux/line-1/senml", "assetId": "line-1", "payload": "bm90IGpzb24=", "reasons": [{"code": "malformed-json", "detail": "byte 0: ''not json'' is an invalid JSON literal. Expected the literal ''null''. LineNumber: 0 | BytePositionInLine: 1."}], "readings": 1, "rejectedAt": "2026-11-30T10:22:12.6526271+00:00"}', NULL, 'readings_rejected', '2026-11-30 10:22:12.700004+00', '*DEFAULT*', 'Contracts.Events.ReadingsRejected, Contracts', 'null', false),
	(11, '859a7ccc-2f88-4322-a33b-08243dbd7ef6', 'telemetry/pump-loop/2026-11-30', 1, '{}', '\x09165f7cc87b61060011165f7cc87b6106001a0908c0843d10011a0100220908041a05080112011e', 'readings_recorded', '2026-11-30 10:22:12.780756+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(12, 'cce7e7a5-dcc9-4ec9-8459-4a158c298d1b', 'telemetry/pump-loop/2026-11-30', 2, '{}', '\x090038392ef04b060011407a482ef04b06001a0908c0843d10011a01001a0a08c0843d10021a020002220a08041a0608021202fa012210080810011a0a08041206e29127be9201', 'readings_recorded', '2026-11-30 10:22:13.054881+00', '*DEFAULT*', 'Contracts.Events.ReadingsRecorded, Contracts', 'null', false),
	(13, '866919b0-7b20-4c85-a709-42c49f1c4b67', 'rejected/pump-loop/2026-11-30', 1, '{"id": "01a22bf9-fc0d-7c59-aed1-cee51583081a", "digest": "7a138db982204763950845734731585f28465133778957bf86fca24dc5f27b2f", "source": "import:csv:pump-loop", "assetId": "pump-loop", "payload": "MjAyNi0wMy0wMVQwNjowMDowMVoseCwzMw==", "reasons": [{"code": "not-a-number", "detail": "row 3: ''pressure'' is ''x''; allowed: a number."}], "readings": 1, "rejectedAt": "2026-11-30T10:22:13.0050833+00:00"}', NULL, 'readings_rejected', '2026-11-30 10:22:13.054915+00', '*DEFAULT*', 'Contracts.Events.ReadingsRejected, Contracts', 'null', false),
	(14, '02242dfd-d471-4fd8-a0ff-225e4d32ae09', 'twin/pump-loop', 1, '{"unit": null, "value": null, "alarmId": "pump-loop.missing-data-volume-flow.1772344801000000", "assetId": "pump-loop", "limitId": "missing-data-volume-flow", "message": "No data from volume flow for 300 s", "raisedAt": "2026-11-30T10:22:13.0893807+00:00", "sensorId": "volume-flow", "severity": "warning"}', NULL, 'alarm_raised', '2026-11-30 10:22:13.16491+00', '*DEFAULT*', 'Contracts.Events.AlarmRaised, Contracts', 'null', false),
	(15, '02203ae0-86b5-475e-a471-df44243eef7d', 'twin/line-1', 2, '{"value": 91, "alarmId": "line-1.melt-pressure-high.1796034090000000", "clearedAt": "2026-11-30T10:21:45+00:00"}', NULL, 'alarm_cleared', '2026-11-30 10:22:13.349037+00', '*DEFAULT*', 'Contracts.Events.AlarmCleared, Contracts', 'null', false),
	(16, '541cca62-f51f-4360-a683-2999265bd50b', 'twin/line-1', 3, '{"unit": null, "value": null, "alarmId": "line-1.missing-data.1796034106000000", "assetId": "line-1", "limitId": "missing-data", "message": "No data from any sensor", "raisedAt": "2026-11-30T10:22:13.0893807+00:00", "sensorId": null, "severity": "warning"}', NULL, 'alarm_raised', '2026-11-30 10:22:13.645636+00', '*DEFAULT*', 'Contracts.Events.AlarmRaised, Contracts', 'null', false),
	(17, 'f8a8d459-9a0e-459b-937a-fe03739b0a76', 'twin/line-1', 4, '{"alarmId": "line-1.missing-data.1796034106000000", "comment": "seen", "acknowledgedAt": "2026-11-30T10:22:17.0445857+00:00", "acknowledgedBy": "ada"}', NULL, 'alarm_acknowledged', '2026-11-30 10:22:17.045798+00', '*DEFAULT*', 'Contracts.Events.AlarmAcknowledged, Contracts', 'null', false),
	(18, 'afc54ef5-7bcc-46f5-9025-302c4b06dc11', 'rejected/line-1/2026-11-30', 3, '{"stored": 0, "reasons": [{"code": "malformed-json", "detail": "byte 0: ''not json'' is an invalid JSON literal. Expected the literal ''null''. LineNumber: 0 | BytePositionInLine: 1."}], "rejected": 1, "duplicates": 0, "replayedAt": "2026-11-30T10:22:18.1214934+00:00", "rejectionId": "01a22bf9-faac-79db-b64f-0bfa721ad73e"}', NULL, 'rejection_replayed', '2026-11-30 10:22:18.124718+00', '*DEFAULT*', 'Contracts.Events.RejectionReplayed, Contracts', 'null', false),
	(19, '00e2553d-0d0e-4ca7-966f-dca233fee82f', 'rejected/line-1/2026-11-30', 4, '{"stored": 0, "reasons": [{"code": "unknown-sensor", "detail": "record 0: ''n'' is ''no-such-sensor''; allowed: zone-1-temperature, zone-2-temperature, zone-3-temperature, zone-4-temperature, zone-5-temperature, melt-temperature, melt-pressure, melt-flow, screw-speed, motor-current, motor-power, bearing-vibration, bearing-temperature, screw-position, dancer-position, heater-power."}], "rejected": 1, "duplicates": 1, "replayedAt": "2026-11-30T10:22:18.3272763+00:00", "rejectionId": "01a22bf9-fa75-798f-a84f-aff668546da8"}', NULL, 'rejection_replayed', '2026-11-30 10:22:18.375292+00', '*DEFAULT*', 'Contracts.Events.RejectionReplayed, Contracts', 'null', false),
	(20, '7d666ce4-27b0-4a74-84ba-a73ced166743', 'twin/line-1', 5, '{"assetId": "line-1", "liveHash": "0b72cdd9c754cdcc9b3211e2715d7673dd64fcd611628b41c536d96a9d49a232", "position": 7, "readings": 35, "rebuiltAt": "2026-11-30T10:22:19.9495318+00:00", "rebuiltHash": "0b72cdd9c754cdcc9b3211e2715d7673dd64fcd611628b41c536d96a9d49a232"}', NULL, 'twin_rebuilt', '2026-11-30 10:22:19.950888+00', '*DEFAULT*', 'Contracts.Events.TwinRebuilt, Contracts', 'null', false),
	(21, 'f686bbb7-db85-45d0-8132-27ccfa39fc9e', 'twin/line-1', 6, '{"alarmId": "line-1.melt-pressure-high.1796034090000000", "comment": "seen", "acknowledgedAt": "2026-11-30T10:22:32.7769662+00:00", "acknowledgedBy": "ada"}', NULL, 'alarm_acknowledged', '2026-11-30 10:22:32.777509+00', '*DEFAULT*', 'Contracts.Events.AlarmAcknowledged, Contracts', 'null', false);

INSERT INTO events.mt_streams VALUES
	('asset/extrusion-line', NULL, 1, '2026-11-30 10:21:49.02646+00', '2026-11-30 10:21:49.02646+00', '*DEFAULT*', 0, false),
	('asset/pump-loop', NULL, 1, '2026-11-30 10:21:53.06567+00', '2026-11-30 10:21:53.06567+00', '*DEFAULT*', 0, false),
	('asset/line-1', NULL, 1, '2026-11-30 10:22:06.231634+00', '2026-11-30 10:22:06.231634+00', '*DEFAULT*', 0, false),
	('telemetry/line-1/2026-11-30', NULL, 4, '2026-11-30 10:22:12.64709+00', '2026-11-30 10:22:11.244334+00', '*DEFAULT*', 0, false),
	('telemetry/pump-loop/2026-11-30', NULL, 2, '2026-11-30 10:22:13.05647+00', '2026-11-30 10:22:12.782067+00', '*DEFAULT*', 0, false),
	('rejected/pump-loop/2026-11-30', NULL, 1, '2026-11-30 10:22:13.05647+00', '2026-11-30 10:22:13.05647+00', '*DEFAULT*', 0, false),
	('twin/pump-loop', NULL, 1, '2026-11-30 10:22:13.166263+00', '2026-11-30 10:22:13.166263+00', '*DEFAULT*', 0, false),
	('rejected/line-1/2026-11-30', NULL, 4, '2026-11-30 10:22:18.377281+00', '2026-11-30 10:22:12.64709+00', '*DEFAULT*', 0, false),
	('twin/line-1', NULL, 6, '2026-11-30 10:22:32.913415+00', '2026-11-30 10:22:12.689954+00', '*DEFAULT*', 0, false);

SELECT pg_catalog.setval('events.mt_events_sequence', 21, true);

ALTER TABLE ONLY events.mt_event_progression
    ADD CONSTRAINT pk_mt_event_progression PRIMARY KEY (name);

ALTER TABLE ONLY events.mt_doc_deadletterevent
    ADD CONSTRAINT pkey_mt_doc_deadletterevent_id PRIMARY KEY (id);

ALTER TABLE ONLY events.mt_event_projection_floors
    ADD CONSTRAINT pkey_mt_event_projection_floors_name_tenant_id PRIMARY KEY (name, tenant_id);

ALTER TABLE ONLY events.mt_events
    ADD CONSTRAINT pkey_mt_events_seq_id PRIMARY KEY (seq_id);

ALTER TABLE ONLY events.mt_high_water_skips
    ADD CONSTRAINT pkey_mt_high_water_skips_ending_sequence PRIMARY KEY (ending_sequence);

ALTER TABLE ONLY events.mt_streams
    ADD CONSTRAINT pkey_mt_streams_id PRIMARY KEY (id);

CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON events.mt_events USING btree (stream_id, version);

ALTER TABLE ONLY events.mt_events
    ADD CONSTRAINT fkey_mt_events_stream_id FOREIGN KEY (stream_id) REFERENCES events.mt_streams(id) ON DELETE CASCADE;

