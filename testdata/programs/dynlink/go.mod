module example.com/dynlink

go 1.18
