module gonym.test/signatures

go 1.23
