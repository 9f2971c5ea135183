module example.com/witness/dwarf

go 1.25
