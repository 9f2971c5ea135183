module example.com/spine

go 1.18
