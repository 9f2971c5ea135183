// The big binary of the benches: rclone, and large API clients out of a module that it needs anyway.
// A package main of its own, so that go.mod and go.sum here pin every version.
package main

import (
	_ "github.com/rclone/rclone/backend/all"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/all"
	aiplatform "google.golang.org/api/aiplatform/v1"
	aiplatformBeta "google.golang.org/api/aiplatform/v1beta1"
	computeAlpha "google.golang.org/api/compute/v0.alpha"
	computeBeta "google.golang.org/api/compute/v0.beta"
	compute "google.golang.org/api/compute/v1"
	dialogflow "google.golang.org/api/dialogflow/v2"
	dialogflowBeta "google.golang.org/api/dialogflow/v2beta1"
	dialogflowThree "google.golang.org/api/dialogflow/v3"
)

// Clients holds types whose exported methods the linker must keep, because something in rclone looks
// methods up by a name that is not constant.
var Clients = []any{
	new(aiplatform.Service), new(aiplatformBeta.Service),
	new(computeAlpha.Service), new(computeBeta.Service), new(compute.Service),
	new(dialogflow.Service), new(dialogflowBeta.Service), new(dialogflowThree.Service),
}

func main() {
	cmd.Main()
}
