package kernel

//go:generate go run -C _asm . -kernel deliver -out ../deliver_amd64.s -stubs ../deliver_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -kernel packed -out ../packed_amd64.s -stubs ../packed_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -kernel ring -out ../ring_amd64.s -stubs ../ring_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -kernel neuron -out ../neuron_amd64.s -stubs ../neuron_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -kernel philox -out ../philox_amd64.s -stubs ../philox_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -kernel poisson -out ../poisson_amd64.s -stubs ../poisson_stubs_amd64.go -pkg kernel
