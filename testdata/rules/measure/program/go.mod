module gonym.test/plain

go 1.18
