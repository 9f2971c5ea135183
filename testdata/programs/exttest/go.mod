module example.com/exttest

go 1.18
