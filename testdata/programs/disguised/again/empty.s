// A body is pushed to what again.go declares without one.
