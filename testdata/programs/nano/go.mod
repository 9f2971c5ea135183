module example.com/nano

go 1.18
