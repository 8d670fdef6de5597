//! Every bound of a connection, by name. What a session holds back is the session's.

use std::time::Duration;

/// The longest message, in bytes: a frame of a session.
pub const MESSAGE_BYTES_MAX: usize = maitred_sync::FRAME_BYTES_MAX;
/// The longest part of a message, in bytes: what a connection may make anybody hold who does not know yet who is there.
pub const PART_BYTES_MAX: usize = 16 * 1024;
/// The longest message of a handshake, in bytes.
pub const HANDSHAKE_BYTES_MAX: usize = 1024;
/// The longest that a handshake takes, the connection included.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// The longest token, in characters.
pub const TOKEN_CHARS_MAX: usize = 128;
/// Frames that wait to be written.
pub const OUTGOING_FRAMES_MAX: usize = 32;
/// Frames that were received and wait to be looked at.
pub const INCOMING_FRAMES_MAX: usize = 8;
/// The longest that writing one frame takes before the connection is given up.
pub const WRITE_TIME_MAX: Duration = Duration::from_secs(30);
/// How often a side that has nothing to say shows that it is there.
pub const PING_EVERY: Duration = Duration::from_secs(5);
/// How long the other side may be silent before the connection is given up.
pub const SILENCE_MAX: Duration = Duration::from_secs(20);
