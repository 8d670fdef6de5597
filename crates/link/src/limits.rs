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
/// The longest that a connection may take to stand: one that was begun in a cut waits ever longer between its attempts.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(4);
/// The longest token, in characters.
pub const TOKEN_CHARS_MAX: usize = 128;
/// Frames that wait to be written.
pub const OUTGOING_FRAMES_MAX: usize = 32;
/// Frames that were received and wait to be looked at.
pub const INCOMING_FRAMES_MAX: usize = 8;
/// The longest that writing one frame takes before the connection is given up.
pub const WRITE_TIME_MAX: Duration = Duration::from_secs(30);
/// How often a side that has nothing to say shows that it is there.
pub const PING_EVERY: Duration = Duration::from_secs(3);
/// How long the other side may be silent before the connection is given up: a new one goes on sooner after a cut than an old
/// one, which waits ever longer before it tries again.
pub const SILENCE_MAX: Duration = Duration::from_secs(9);
/// What is held in memory of what is sent before a message is whole, in bytes; longer messages grow it.
pub const READ_BUFFER_BYTES: usize = 2 * 1024;
