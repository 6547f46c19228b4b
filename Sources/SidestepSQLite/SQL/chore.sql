-- Chores, and what they delete: a few rows at a time, one statement each.

-- name: chore_add
INSERT INTO chore (kind, target, detail) VALUES (?1, ?2, ?3);

-- What others wait for goes before what only takes up room.
-- name: chore_first
SELECT key, kind, target, position, detail FROM chore
ORDER BY kind IN ('conversation', 'place', 'webhook', 'stream'), key LIMIT 1;

-- Conversations that were being made when the daemon ended: out of sight, and nobody is to delete them yet.
-- name: chore_unfinished
INSERT INTO chore (kind, target)
SELECT 'conversation', key FROM conversation
WHERE user_id = 4294967295 AND NOT EXISTS (SELECT 1 FROM chore WHERE kind = 'conversation' AND target = conversation.key);

-- name: chore_move
UPDATE chore SET position = ?2 WHERE key = ?1;

-- name: chore_done
DELETE FROM chore WHERE key = ?1;

-- How many pages of the file are free: grows with what a deletion frees.
-- name: chore_free_pages
PRAGMA freelist_count;

-- name: chore_conversation_entries
DELETE FROM conversation_entry
WHERE key IN (SELECT key FROM conversation_entry WHERE conversation = ?1 LIMIT ?2);

-- name: chore_conversation
DELETE FROM conversation WHERE key = ?1;

-- name: chore_place_writes
DELETE FROM graph_write WHERE key IN (SELECT key FROM graph_write WHERE place = ?1 LIMIT ?2);

-- name: chore_place_checkpoint
SELECT key FROM graph_checkpoint WHERE place = ?1 LIMIT 1;

-- name: chore_checkpoint_values
DELETE FROM graph_value
WHERE checkpoint = ?1 AND channel IN (SELECT channel FROM graph_value WHERE checkpoint = ?1 LIMIT ?2);

-- name: chore_checkpoint
DELETE FROM graph_checkpoint WHERE key = ?1;

-- name: chore_place
DELETE FROM graph_place WHERE key = ?1;

-- name: chore_deliveries
DELETE FROM delivery WHERE key IN (SELECT key FROM delivery WHERE webhook = ?1 LIMIT ?2);

-- name: chore_webhook
DELETE FROM webhook WHERE key = ?1;

-- name: chore_chunks
DELETE FROM stream_chunk WHERE key IN (SELECT key FROM stream_chunk WHERE stream = ?1 LIMIT ?2);
