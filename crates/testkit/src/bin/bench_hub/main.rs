//! What a hub costs.

fn main() {}
