package models_test

import (
	"fmt"

	"cortigo/sim/models"
)

func ExampleGet() {
	info, err := models.Get("iaf_psc_delta")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(info)
	// Output:
	// iaf_psc_delta (neuron), in Go neuron.DefaultIafPscDelta()
	//
	// IafPscDelta is a leaky integrate-and-fire neuron whose potential jumps by the weight (mV) of an
	// arriving spike, NEST's iaf_psc_delta:
	//
	//     dV/dt = -(V - E_L)/tau_m + I_e/C_m, and an arriving weight w adds w to V
	//
	// V does not fall below V_min. When V reaches V_th the neuron spikes and V stays at V_reset for t_ref;
	// what arrives then is lost, or kept with RefractoryInput: it is added when the period ends,
	// discounted by exp(-remaining/tau_m).
	//
	// parameter         default  unit  Go field         meaning
	// E_L               -70      mV    EL               resting potential
	// V_th              -55      mV    Vth              threshold
	// V_reset           -70      mV    Vreset           potential after a spike; below V_th
	// V_min             -Inf     mV    Vmin             lower bound of the potential; a number or -Inf
	// V_m               -70      mV    Vm               initial membrane potential
	// C_m               250      pF    Cm               capacitance; > 0
	// tau_m             10       ms    TauM             membrane time constant; > 0
	// t_ref             2        ms    TRef             refractory period; >= 0; rounded up to steps
	// I_e               0        pA    Ie               constant input current
	// refractory_input  false          RefractoryInput  keep what arrives during t_ref; true or false
	//
	// recordable  unit  meaning
	// V_m         mV    membrane potential
}

func ExampleFind() {
	fmt.Print(models.Find(models.Neuron, "psc"))
	// Output:
	// model          kind    what it is
	// iaf_psc_alpha  neuron  leaky integrate-and-fire neuron with alpha-function synaptic currents
	// iaf_psc_delta  neuron  leaky integrate-and-fire neuron whose potential jumps by the weight (mV) of
	//                        an arriving spike
	// iaf_psc_exp    neuron  leaky integrate-and-fire neuron with exponentially decaying synaptic currents
}

func ExampleDefaults() {
	values, err := models.Defaults("poisson_generator")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values)
	_, err = models.Defaults("poison_generator")
	fmt.Println(err)
	// Output:
	// map[origin:0 rate:0 start:0 stop:0]
	// models: no model "poison_generator", did you mean poisson_generator? All lists what there is
}
