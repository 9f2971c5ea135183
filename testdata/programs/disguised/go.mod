module example.com/disguised

go 1.19
