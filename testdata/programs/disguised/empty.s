// Bodies are pushed to what main.go declares without one.
