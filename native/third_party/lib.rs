//! Empty: this manifest only pins the sources that the native build takes.
