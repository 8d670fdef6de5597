//! Who is there, and where: PINs, tokens, lock-outs, terminals and how they are paired.

mod actor;
mod approval;
mod device;
mod elsewhere;
mod lockout;
mod new_pin;
mod pace;
mod pairing;
mod pins;
mod refused;
mod sign_in;
mod terminals;
mod token;

pub use actor::Actor;
pub use approval::{Approvals, Asked as AskedToApprove, approve};
pub use device::{Asking, Device, DevicePolicy, TERMINAL_HEADER, is_of_the_house, only_paired, proof_by};
pub use elsewhere::{Names, only_meant_for_us};
pub use lockout::Gate;
pub use new_pin::{PinRefused, accept as accept_pin, digits_of};
pub use pace::{Paces, at_its_pace};
pub use pairing::{Asked, Claimed, PairingView, Pairings};
pub use pins::{PEPPER_FILE, PepperError, Pins, back_up_pepper, restore_pepper};
pub use refused::written_down;
pub use sign_in::{SignedIn, open_session, sign_in, sign_out};
pub use terminals::{Seen, Terminals};
pub use token::{hash_text as hash_token, mint as mint_token};
