// Command quic-go listens and closes; quic-go pulls the list of TLS 1.3 cipher suites.
package main

import (
	"crypto/tls"
	"fmt"

	"github.com/quic-go/quic-go"
)

func main() {
	listener, err := quic.ListenAddr("127.0.0.1:0", &tls.Config{NextProtos: []string{"gonym"}, GetCertificate: none}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("listens", listener.Close())
}

func none(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }
