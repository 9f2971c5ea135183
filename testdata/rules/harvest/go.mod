module gonym.test/harvest

go 1.22
