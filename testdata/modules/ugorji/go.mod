module gonym.test/ugorji

go 1.18

require github.com/ugorji/go/codec v1.2.8
