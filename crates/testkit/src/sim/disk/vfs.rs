//! Disks as SQLite's VFS: one is registered for the whole process, and the path says which disk.
#![expect(unsafe_code, reason = "SQLite calls a VFS through C function pointers")]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::PathBuf;
use std::ptr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use super::{Index, Shared, State, lock};
use crate::faulty_vfs::Operation;

const NAME: &CStr = c"maitred-sim";
/// Where the paths of all disks begin. Nothing is ever there on a real disk.
const ROOT: &str = "/maitred-sim";
/// The longest path, in bytes.
const PATH_BYTES_MAX: c_int = 256;

#[derive(Default)]
struct Disks {
    next: u64,
    by_number: BTreeMap<u64, Shared>,
}

fn disks<T>(with: impl FnOnce(&mut Disks) -> T) -> T {
    static DISKS: Mutex<Disks> = Mutex::new(Disks { next: 0, by_number: BTreeMap::new() });
    with(&mut DISKS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Gives a disk a number under which SQLite finds it.
pub(super) fn attach(state: &Shared) -> u64 {
    disks(|disks| {
        disks.next += 1;
        disks.by_number.insert(disks.next, Arc::clone(state));
        disks.next
    })
}

pub(super) fn detach(number: u64) {
    disks(|disks| disks.by_number.remove(&number));
}

pub(super) fn folder(number: u64) -> PathBuf {
    PathBuf::from(format!("{ROOT}/{number}"))
}

/// The disk of a path, and the name of the file on it.
fn resolve(path: &CStr) -> Option<(Shared, String)> {
    let rest = path.to_str().ok()?.strip_prefix(ROOT)?.strip_prefix('/')?;
    let (number, name) = rest.split_once('/')?;
    let number: u64 = number.parse().ok()?;
    let state = disks(|disks| disks.by_number.get(&number).map(Arc::clone))?;
    Some((state, name.to_owned()))
}

/// The name of the VFS, which is registered now if it was not.
pub(super) fn registered() -> &'static str {
    static REGISTERED: OnceLock<c_int> = OnceLock::new();
    let code = *REGISTERED.get_or_init(|| {
        // SAFETY: SQLite keeps the VFS for the life of the process: it is leaked. What is not set here (time, chance)
        // is the default VFS's own, which looks at no state of the VFS that it is called through.
        unsafe {
            let beneath = ffi::sqlite3_vfs_find(ptr::null());
            if beneath.is_null() {
                return ffi::SQLITE_NOTFOUND;
            }
            let own_bytes = c_int::try_from(size_of::<File>()).expect("a file is a few words");
            let vfs = Box::leak(Box::new(sqlite3_vfs {
                szOsFile: own_bytes,
                mxPathname: PATH_BYTES_MAX,
                pNext: ptr::null_mut(),
                zName: NAME.as_ptr(),
                xOpen: Some(open),
                xDelete: Some(delete),
                xAccess: Some(access),
                xFullPathname: Some(full_pathname),
                xSleep: Some(sleep),
                ..*beneath
            }));
            ffi::sqlite3_vfs_register(vfs, 0)
        }
    });
    assert_eq!(code, ffi::SQLITE_OK, "SQLite takes one more VFS");
    NAME.to_str().expect("a name in ASCII")
}

/// An open file; SQLite allocates it by `szOsFile`.
#[repr(C)]
struct File {
    header: sqlite3_file,
    /// Owned, from open to close.
    open: *mut Open,
}

struct Open {
    disk: Shared,
    name: String,
    /// SQLite's lock level: 0 none, 1 shared, 2 reserved, 3 pending, 4 exclusive.
    level: c_int,
    /// It counts among the users of the index.
    uses_index: bool,
    index_shared: u32,
    index_exclusive: u32,
}

unsafe extern "C" fn open(
    _vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: `file` has `szOsFile` bytes, and names end with a zero byte. A file without methods is not closed.
    unsafe {
        (*file).pMethods = ptr::null();
        if name.is_null() {
            return ffi::SQLITE_CANTOPEN;
        }
        let Some((disk, name)) = resolve(CStr::from_ptr(name)) else { return ffi::SQLITE_CANTOPEN };
        {
            let mut state = lock(&disk);
            let is_there = state.files.contains_key(&name);
            if !is_there && flags & ffi::SQLITE_OPEN_CREATE == 0 {
                return ffi::SQLITE_CANTOPEN;
            }
            let operation = if is_there { Operation::Open } else { Operation::Create };
            if state.step(operation).is_some() {
                return ffi::SQLITE_CANTOPEN;
            }
            state.file(&name);
        }
        let open = Open { disk, name, level: 0, uses_index: false, index_shared: 0, index_exclusive: 0 };
        (*file.cast::<File>()).open = Box::into_raw(Box::new(open));
        (*file).pMethods = &raw const METHODS;
        if !flags_out.is_null() {
            *flags_out = flags;
        }
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn delete(_vfs: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as for `open`.
    let found = unsafe { resolve(CStr::from_ptr(name)) };
    let Some((disk, name)) = found else { return ffi::SQLITE_IOERR_DELETE };
    let mut state = lock(&disk);
    if let Some(code) = state.step(Operation::Delete) {
        return code;
    }
    if !state.files.contains_key(&name) {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    state.delete(&name, sync_folder != 0);
    ffi::SQLITE_OK
}

unsafe extern "C" fn access(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    found: *mut c_int,
) -> c_int {
    // SAFETY: as for `open`; `found` is a number of the caller's.
    unsafe {
        let is_there = resolve(CStr::from_ptr(name)).is_some_and(|(disk, name)| {
            // As the "unix" VFS has it: a file without a byte is none.
            lock(&disk).files.get(&name).is_some_and(|file| !file.now.is_empty())
        });
        *found = c_int::from(is_there);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    bytes: c_int,
    full: *mut c_char,
) -> c_int {
    // SAFETY: `full` has room for `bytes`.
    unsafe {
        let name = CStr::from_ptr(name).to_bytes_with_nul();
        if name.len() > usize::try_from(bytes).unwrap_or_default() {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(name.as_ptr().cast(), full, name.len());
    }
    ffi::SQLITE_OK
}

/// Nobody waits on a virtual clock.
unsafe extern "C" fn sleep(_vfs: *mut sqlite3_vfs, micros: c_int) -> c_int {
    micros
}

/// Runs `with` on an open file and the state of its disk.
unsafe fn on<T>(file: *mut sqlite3_file, with: impl FnOnce(&mut Open, &mut State) -> T) -> T {
    // SAFETY: SQLite calls methods for files that `open` opened and `close` has not closed, one call at a time.
    let open = unsafe { &mut *(*file.cast::<File>()).open };
    let disk = Arc::clone(&open.disk);
    let mut state = lock(&disk);
    with(open, &mut state)
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as for `on`; nothing uses the file afterwards.
    unsafe {
        on(file, |open, state| {
            leave_index(open, state);
            set_level(open, state, 0);
        });
        drop(Box::from_raw((*file.cast::<File>()).open));
        (*file).pMethods = ptr::null();
    }
    ffi::SQLITE_OK
}

fn place(at: sqlite3_int64) -> usize {
    usize::try_from(at).expect("a file fits in memory")
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    bytes: c_int,
    at: sqlite3_int64,
) -> c_int {
    let (bytes, at) = (place(bytes.into()), place(at));
    // SAFETY: `into` has room for `bytes`.
    unsafe {
        let into = std::slice::from_raw_parts_mut(into.cast::<u8>(), bytes);
        on(file, |open, state| {
            if let Some(code) = state.step(Operation::Read) {
                return if state.is_dead { ffi::SQLITE_IOERR_READ } else { code };
            }
            let all = &state.file(&open.name).now;
            let there = all.get(at..).unwrap_or_default();
            let there = &there[..there.len().min(bytes)];
            into[..there.len()].copy_from_slice(there);
            into[there.len()..].fill(0);
            if there.len() < bytes { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
        })
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: `from` holds `bytes`.
    unsafe {
        let from = std::slice::from_raw_parts(from.cast::<u8>(), place(bytes.into()));
        on(file, |open, state| {
            let was_dead = state.is_dead;
            match state.step(Operation::Write) {
                None => {
                    state.file(&open.name).write(place(at), from);
                    ffi::SQLITE_OK
                }
                Some(code) => {
                    if !was_dead {
                        state.file(&open.name).write(place(at), &from[..from.len() / 2]);
                    }
                    code
                }
            }
        })
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, bytes: sqlite3_int64) -> c_int {
    // SAFETY: as for `on`.
    unsafe {
        on(file, |open, state| {
            if let Some(code) = state.step(Operation::Truncate) {
                return code;
            }
            state.file(&open.name).truncate(place(bytes));
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: as for `on`.
    unsafe {
        on(file, |open, state| {
            if let Some(code) = state.step(Operation::Sync) {
                return code;
            }
            state.sync(&open.name);
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, bytes: *mut sqlite3_int64) -> c_int {
    // SAFETY: `bytes` is a number of the caller's.
    unsafe {
        let length = on(file, |open, state| state.file(&open.name).now.len());
        *bytes = sqlite3_int64::try_from(length).expect("a file fits in memory");
    }
    ffi::SQLITE_OK
}

/// Gives up what is above `level`.
fn set_level(open: &mut Open, state: &mut State, level: c_int) {
    let locks = &mut state.file(&open.name).locks;
    if open.level >= 3 && level < 3 {
        locks.is_exclusive = false;
    }
    if open.level >= 2 && level < 2 {
        locks.is_reserved = false;
    }
    if open.level >= 1 && level < 1 {
        locks.shared = locks.shared.saturating_sub(1);
    }
    open.level = open.level.min(level);
}

unsafe extern "C" fn lock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as for `on`.
    unsafe {
        on(file, |open, state| {
            let locks = &mut state.file(&open.name).locks;
            if level <= open.level {
                return ffi::SQLITE_OK;
            }
            let is_free = match level {
                1 => !locks.is_exclusive,
                2 => !locks.is_reserved,
                _ => !(locks.is_reserved && open.level < 2) && locks.shared <= 1,
            };
            if !is_free {
                return ffi::SQLITE_BUSY;
            }
            locks.shared += u32::from(open.level == 0);
            locks.is_reserved |= level >= 2;
            locks.is_exclusive |= level >= 3;
            open.level = level;
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn unlock_file(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: as for `on`.
    unsafe { on(file, |open, state| set_level(open, state, level)) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, held: *mut c_int) -> c_int {
    // SAFETY: `held` is a number of the caller's.
    unsafe { *held = on(file, |open, state| c_int::from(state.file(&open.name).locks.is_reserved)) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_file: *mut sqlite3_file, _what: c_int, _argument: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn device_characteristics(_file: *mut sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    at: *mut *mut c_void,
) -> c_int {
    let (region, bytes) = (place(region.into()), place(bytes.into()));
    // SAFETY: `at` is a pointer of the caller's. A region stays where it is until the last user of the index leaves.
    unsafe {
        *at = ptr::null_mut();
        on(file, |open, state| {
            let operation = if extend == 0 { Operation::ShmMap } else { Operation::ShmGrow };
            if let Some(code) = state.step(operation) {
                return code;
            }
            assert_eq!(bytes, super::REGION_BYTES, "SQLite asks for regions of this size");
            let index = &mut state.file(&open.name).index;
            index.users += u32::from(!open.uses_index);
            open.uses_index = true;
            while extend != 0 && index.regions.len() <= region {
                index.regions.push(vec![0; super::REGION_BYTES / 8].into_boxed_slice());
            }
            if let Some(region) = index.regions.get_mut(region) {
                *at = region.as_mut_ptr().cast();
            }
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: as for `on`.
    unsafe {
        on(file, |open, state| {
            let slots = place(offset.into())..place((offset + count).into());
            if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
                unlock_slots(open, &mut state.file(&open.name).index, slots);
                return ffi::SQLITE_OK;
            }
            if let Some(code) = state.step(Operation::ShmLock) {
                return code;
            }
            let index = &mut state.file(&open.name).index;
            let is_exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
            let is_free = |slot: usize| {
                let (mine_shared, mine_exclusive) =
                    (open.index_shared >> slot & 1, open.index_exclusive >> slot & 1 == 1);
                let others_share = index.shared[slot] > mine_shared;
                let others_exclude = index.exclusive[slot] && !mine_exclusive;
                !(others_exclude || is_exclusive && others_share)
            };
            if !slots.clone().all(is_free) {
                return ffi::SQLITE_BUSY;
            }
            for slot in slots {
                if is_exclusive {
                    index.exclusive[slot] = true;
                    open.index_exclusive |= 1 << slot;
                } else if open.index_shared >> slot & 1 == 0 {
                    index.shared[slot] += 1;
                    open.index_shared |= 1 << slot;
                }
            }
            ffi::SQLITE_OK
        })
    }
}

fn unlock_slots(open: &mut Open, index: &mut Index, slots: std::ops::Range<usize>) {
    for slot in slots {
        if open.index_shared >> slot & 1 == 1 {
            index.shared[slot] = index.shared[slot].saturating_sub(1);
            open.index_shared &= !(1 << slot);
        }
        if open.index_exclusive >> slot & 1 == 1 {
            index.exclusive[slot] = false;
            open.index_exclusive &= !(1 << slot);
        }
    }
}

fn leave_index(open: &mut Open, state: &mut State) {
    if !open.uses_index {
        return;
    }
    open.uses_index = false;
    let index = &mut state.file(&open.name).index;
    unlock_slots(open, index, 0..index.shared.len());
    index.users = index.users.saturating_sub(1);
    if index.users == 0 {
        index.regions.clear();
    }
}

unsafe extern "C" fn shm_barrier(_file: *mut sqlite3_file) {}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: as for `on`.
    unsafe { on(file, leave_index) };
    ffi::SQLITE_OK
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock_file),
    xUnlock: Some(unlock_file),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
