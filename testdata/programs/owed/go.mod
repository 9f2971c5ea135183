module example.com/owed

go 1.19
