package microcircuit

import (
	"errors"
	"math"
	"testing"
)

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
	p := Default()
	if p.NScaling != 0.1 || p.KScaling != 0.1 || p.Seed != 55 || p.Background != BackgroundDC {
		t.Errorf("defaults are scale %g, %g, seed %d, background %q", p.NScaling, p.KScaling, p.Seed, p.Background)
	}
}

// parameterErrors unpacks what Validate joined.
func parameterErrors(t *testing.T, err error) []*ParameterError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not a joined error: %v", err)
	}
	var es []*ParameterError
	for _, err := range joined.Unwrap() {
		e, ok := err.(*ParameterError)
		if !ok {
			t.Fatalf("%T: %v", err, err)
		}
		es = append(es, e)
	}
	return es
}

func TestValidate(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, c := range map[string]struct {
		change                        func(p *Parameters)
		parameter, population, source string
	}{
		"scale zero":             {func(p *Parameters) { p.NScaling = 0 }, "n_scaling", "", ""},
		"scale negative":         {func(p *Parameters) { p.KScaling = -0.1 }, "k_scaling", "", ""},
		"scale NaN":              {func(p *Parameters) { p.KScaling = nan }, "k_scaling", "", ""},
		"scale infinite":         {func(p *Parameters) { p.NScaling = inf }, "n_scaling", "", ""},
		"resolution zero":        {func(p *Parameters) { p.Resolution = 0 }, "resolution_ms", "", ""},
		"resolution off tics":    {func(p *Parameters) { p.Resolution = 0.00025 }, "resolution_ms", "", ""},
		"resolution infinite":    {func(p *Parameters) { p.Resolution = inf }, "resolution_ms", "", ""},
		"warm-up off grid":       {func(p *Parameters) { p.TPresim = 0.25 }, "t_presim_ms", "", ""},
		"warm-up negative":       {func(p *Parameters) { p.TPresim = -1 }, "t_presim_ms", "", ""},
		"t_sim off grid":         {func(p *Parameters) { p.TSim = 1000.05 }, "t_sim_ms", "", ""},
		"t_sim a hair off grid":  {func(p *Parameters) { p.TSim = 1000.00001 }, "t_sim_ms", "", ""},
		"t_sim zero":             {func(p *Parameters) { p.TSim = 0 }, "t_sim_ms", "", ""},
		"t_sim endless":          {func(p *Parameters) { p.TSim = 1e300 }, "t_sim_ms", "", ""},
		"t_sim too long":         {func(p *Parameters) { p.TSim = 1e12 }, "t_sim_ms", "", ""},
		"t_sim just too long":    {func(p *Parameters) { p.TPresim, p.TSim = 500, 858993459.2-499.9 }, "t_sim_ms", "", ""},
		"t_sim too long for h":   {func(p *Parameters) { p.Resolution, p.TSim = 0.001, 8589935 }, "t_sim_ms", "", ""},
		"t_sim below a step":     {func(p *Parameters) { p.TSim = 1e-300 }, "t_sim_ms", "", ""},
		"t_sim denormal":         {func(p *Parameters) { p.TSim = 5e-324 }, "t_sim_ms", "", ""},
		"warm-up too long":       {func(p *Parameters) { p.TPresim = 9e8 }, "t_presim_ms", "", ""},
		"warm-up below a step":   {func(p *Parameters) { p.TPresim = 1e-300 }, "t_presim_ms", "", ""},
		"no neurons":             {func(p *Parameters) { p.Neurons[L5I] = 0 }, "full_neurons", "L5I", ""},
		"probability one":        {func(p *Parameters) { p.ConnectionProbability[L4E][L6I] = 1 }, "connection_probability", "L4E", "L6I"},
		"probability negative":   {func(p *Parameters) { p.ConnectionProbability[L4E][L6I] = -0.1 }, "connection_probability", "L4E", "L6I"},
		"probability NaN":        {func(p *Parameters) { p.ConnectionProbability[L4E][L6I] = nan }, "connection_probability", "L4E", "L6I"},
		"mean rate negative":     {func(p *Parameters) { p.MeanRate[L6E] = -1 }, "full_mean_rate_hz", "L6E", ""},
		"PSP negative":           {func(p *Parameters) { p.PSP = -0.15 }, "psp_mv", "", ""},
		"g positive":             {func(p *Parameters) { p.G = 4 }, "g", "", ""},
		"weight SD negative":     {func(p *Parameters) { p.WeightRelativeSD = -0.1 }, "weight_relative_sd", "", ""},
		"delay below half step":  {func(p *Parameters) { p.DelayInh = 0.04 }, "delay_inh_ms", "", ""},
		"delay zero":             {func(p *Parameters) { p.DelayExc = 0 }, "delay_exc_ms", "", ""},
		"K_ext negative":         {func(p *Parameters) { p.KExt[L23I] = -1 }, "k_ext", "L23I", ""},
		"background rate":        {func(p *Parameters) { p.BgRate = -8 }, "bg_rate_hz", "", ""},
		"background unknown":     {func(p *Parameters) { p.Background = "DC" }, "background", "", ""},
		"Poisson delay":          {func(p *Parameters) { p.Background, p.PoissonDelay = "poisson", 0 }, "poisson_delay_ms", "", ""},
		"tau_m zero":             {func(p *Parameters) { p.Neuron.TauM = 0 }, "neuron.tau_m_ms", "", ""},
		"tau_syn negative":       {func(p *Parameters) { p.Neuron.TauSyn = -1 }, "neuron.tau_syn_ms", "", ""},
		"C_m zero":               {func(p *Parameters) { p.Neuron.Cm = 0 }, "neuron.c_m_pf", "", ""},
		"t_ref negative":         {func(p *Parameters) { p.Neuron.TRef = -1 }, "neuron.t_ref_ms", "", ""},
		"reset at threshold":     {func(p *Parameters) { p.Neuron.Vreset = -50 }, "neuron.v_reset_mv", "", ""},
		"E_L NaN":                {func(p *Parameters) { p.Neuron.EL = nan }, "neuron.e_l_mv", "", ""},
		"V0 unknown":             {func(p *Parameters) { p.V0.Type = "optimised" }, "v0.type", "", ""},
		"V0 SD negative":         {func(p *Parameters) { p.V0.OptimizedSD[L4I] = -1 }, "v0.optimized_sd_mv", "L4I", ""},
		"V0 mean infinite":       {func(p *Parameters) { p.V0.OptimizedMean[L4I] = inf }, "v0.optimized_mean_mv", "L4I", ""},
		"thalamic option":        {func(p *Parameters) { p.Thalamus.Synapses = "" }, "thalamus.synapses", "", ""},
		"thalamic neurons":       {func(p *Parameters) { p.Thalamus.Neurons = 0 }, "thalamus.neurons", "", ""},
		"thalamic probability":   {func(p *Parameters) { p.Thalamus.ConnectionProbability[L6I] = 1.5 }, "thalamus.connection_probability", "L6I", ""},
		"thalamic start":         {func(p *Parameters) { p.Thalamus.On, p.Thalamus.Start = true, 700.01 }, "thalamus.start_ms", "", ""},
		"thalamic duration":      {func(p *Parameters) { p.Thalamus.On, p.Thalamus.Duration = true, 0 }, "thalamus.duration_ms", "", ""},
		"thalamic delay":         {func(p *Parameters) { p.Thalamus.On, p.Thalamus.Delay = true, 0.01 }, "thalamus.delay_ms", "", ""},
		"transient start":        {func(p *Parameters) { p.DCTransient.On, p.DCTransient.Start = true, 0.33 }, "dc_transient.start_ms", "", ""},
		"transient duration":     {func(p *Parameters) { p.DCTransient.On, p.DCTransient.Duration = true, -5 }, "dc_transient.duration_ms", "", ""},
		"voltage interval":       {func(p *Parameters) { p.Record.Voltages, p.Record.VoltageInterval = true, 0.15 }, "record.voltage_interval_ms", "", ""},
		"k_ext after scaling":    {func(p *Parameters) { p.KExt = PerPopulation[int]{L6E: math.MaxInt32}; p.KScaling = 1.5 }, "k_ext", "L6E", ""},
		"voltage interval zero":  {func(p *Parameters) { p.Record.Voltages, p.Record.VoltageInterval = true, 0 }, "record.voltage_interval_ms", "", ""},
		"doubling factor":        {func(p *Parameters) { p.L4EToL23E = -2 }, "l4e_to_l23e_factor", "", ""},
		"delay SD negative":      {func(p *Parameters) { p.DelayRelativeSD = -0.5 }, "delay_relative_sd", "", ""},
		"record no thalamus":     {func(p *Parameters) { p.Record.Thalamus = true }, "record.thalamus", "", ""},
		"record thalamus alone":  {func(p *Parameters) { p.Thalamus.On, p.Record = true, Recorders{Thalamus: true} }, "record.thalamus", "", ""},
		"thalamic rate negative": {func(p *Parameters) { p.Thalamus.Rate = -1 }, "thalamus.rate_hz", "", ""},
	} {
		p := Default()
		c.change(&p)
		es := parameterErrors(t, p.Validate())
		if len(es) != 1 {
			t.Errorf("%s: %d errors %v, want one", name, len(es), es)
			continue
		}
		e := es[0]
		if e.Parameter != c.parameter || e.Population != c.population || e.Source != c.source || e.Allowed == "" || e.Value == nil {
			t.Errorf("%s: %+v, want parameter %q of population %q from %q", name, *e, c.parameter, c.population, c.source)
		}
	}
}

// One population is emptied by a scale that is too small: the error says which.
func TestValidateEmptiedPopulation(t *testing.T) {
	p := Default()
	p.NScaling = 4e-4 // L5I: 0.43 neurons
	es := parameterErrors(t, p.Validate())
	if len(es) != 1 || es[0].Population != "L5I" || es[0].Parameter != "n_scaling" {
		t.Errorf("errors %v, want one about L5I", es)
	}
}

func TestValidateTooLarge(t *testing.T) {
	p := Default()
	p.NScaling = 1e6
	if es := parameterErrors(t, p.Validate()); len(es) == 0 || es[0].Parameter != "n_scaling" {
		t.Errorf("errors %v, want one about n_scaling", es)
	}
	p = Default()
	p.KScaling = 1e300
	p.KExt = PerPopulation[int]{}
	if es := parameterErrors(t, p.Validate()); len(es) != 1 || es[0].Parameter != "k_scaling" {
		t.Errorf("errors %v, want one about k_scaling", es)
	}
}

func TestValidateCollects(t *testing.T) {
	p := Default()
	p.NScaling, p.Neuron.TauM, p.Background, p.ConnectionProbability[L4E][L4I] = -1, 0, "", 2
	err := p.Validate()
	if got := len(parameterErrors(t, err)); got != 4 {
		t.Errorf("%d errors, want 4: %v", got, err)
	}
	want := "microcircuit: from L4I to L4E: parameter connection_probability is 2; allowed: in [0, 1)"
	found := false
	for _, e := range parameterErrors(t, err) {
		found = found || e.Error() == want
	}
	if !found {
		t.Errorf("no %q in:\n%v", want, err)
	}
	var e *ParameterError
	if _, err := p.Derive(); !errors.As(err, &e) {
		t.Errorf("Derive: %v, want a ParameterError", err)
	}
}

// What is switched off does not get in the way of another resolution.
func TestValidateIgnoresWhatIsOff(t *testing.T) {
	p := Default()
	p.Resolution, p.TPresim, p.TSim = 0.3, 300, 900
	if err := p.Validate(); err != nil {
		t.Error(err) // 650, 700 and 1 ms are not multiples of 0.3 ms
	}
	p.Thalamus.On, p.DCTransient.On, p.Record.Voltages = true, true, true
	if es := parameterErrors(t, p.Validate()); len(es) != 5 {
		t.Errorf("%d errors, want 5: %v", len(es), es)
	}
}

// Times that are multiples of h but for the binary fraction are multiples.
func TestValidateDecimalFractions(t *testing.T) {
	for _, h := range []float64{0.001, 0.05, 0.1, 0.2, 0.125} {
		p := Default()
		p.Resolution, p.TPresim, p.TSim = h, h*3, h*7
		if err := p.Validate(); err != nil {
			t.Errorf("h %g: %v", h, err)
		}
	}
}
