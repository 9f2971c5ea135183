module gonym.test/wireguard

go 1.20

require golang.zx2c4.com/wireguard v0.0.0-20231211153847-12269c276173

require (
	golang.org/x/crypto v0.13.0 // indirect
	golang.org/x/net v0.15.0 // indirect
	golang.org/x/sys v0.12.0 // indirect
	golang.zx2c4.com/wintun v0.0.0-20230126152724-0fa3db229ce2 // indirect
)
