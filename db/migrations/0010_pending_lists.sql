-- +goose Up
-- Every search reads the pending list of a GIN index from end to end. With the default of 4 MB it held hundreds of blocks
-- for most of the time; with 128 kB a rare word costs a tenth, and a write no more than before.
ALTER INDEX messages_words_idx SET (gin_pending_list_limit = 128);
ALTER INDEX contacts_words_idx SET (gin_pending_list_limit = 128);
ALTER INDEX conversation_subjects_words_idx SET (gin_pending_list_limit = 128);
