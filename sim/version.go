package sim

// Version is Cortigo's version; the CHANGELOG says what each one changed.
const Version = "0.1.0"
