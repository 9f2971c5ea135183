// A body is pushed to what numbered.go declares without one.
