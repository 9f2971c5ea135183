// It lets lib declare a function without a body.
