-- Whose a process, an import or a delivery is, where several daemons share a store: the daemon's number; NULL is 0.
ALTER TABLE run ADD COLUMN owner_place INTEGER;
ALTER TABLE step ADD COLUMN holder_place INTEGER;
ALTER TABLE execution ADD COLUMN place INTEGER;
ALTER TABLE delivery ADD COLUMN place INTEGER;
