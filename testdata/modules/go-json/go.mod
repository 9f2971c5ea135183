module gonym.test/go-json

go 1.19

require github.com/goccy/go-json v0.10.5
