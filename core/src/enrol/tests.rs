//! Rules that no single file shows: what each entry may be, and what stays secret.
