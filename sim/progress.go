package sim

// SetProgress has f called from the next Simulate on instead of what the option
// Progress set, and returns that; nil is no function. A program that simulates
// in pieces can so report about the whole.
func (n *Network) SetProgress(f func(doneMS, totalMS float64)) (was func(doneMS, totalMS float64)) {
	if n == nil || n.calls == nil {
		return nil
	}
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	was, n.opts.progress = n.opts.progress, f
	return was
}

func (n *Network) progress() func(doneMS, totalMS float64) {
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	return n.opts.progress
}
