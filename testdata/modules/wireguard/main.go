// Command wireguard makes a device without an interface; its timers pull runtime.fastrandn.
package main

import (
	"fmt"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun/tuntest"
)

func main() {
	channel := tuntest.NewChannelTUN()
	made := device.NewDevice(channel.TUN(), conn.NewDefaultBind(), device.NewLogger(device.LogLevelSilent, ""))
	made.Close()
	fmt.Println("closed")
}
