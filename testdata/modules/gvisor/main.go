// Command gvisor parks and wakes a goroutine by gvisor's own mutex and sleeper.
package main

import (
	"fmt"

	"gvisor.dev/gvisor/pkg/sleep"
	"gvisor.dev/gvisor/pkg/sync"
)

func main() {
	var mutex sync.CrossGoroutineRWMutex
	mutex.Lock()
	var sleeper sleep.Sleeper
	var waker sleep.Waker
	sleeper.AddWaker(&waker)
	go waker.Assert()
	fmt.Println(sleeper.Fetch(true) == &waker)
	sleeper.Done()
	mutex.Unlock()
}
