//! The VFS itself: C function pointers that count, perhaps fail, and else pass on to the VFS beneath.
//!
//! A file is a [`File`] with the file beneath right after it in the same block, which SQLite allocates by
//! `szOsFile`. Methods stop at version 2: without `xFetch` SQLite cannot map the database into memory, where writes
//! would go unseen. What is not listed here (`xAccess`, `xFullPathname`, `xSleep`...) is the "unix" VFS's own
//! function, which looks at no state of the VFS that it is called through.
#![expect(unsafe_code, reason = "SQLite calls a VFS through C function pointers")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use super::{FaultPlan, Operation, RegisterError};

/// What a registered VFS carries in `pAppData`; lives as long as the process.
struct Registration {
    beneath: *mut sqlite3_vfs,
    plan: FaultPlan,
}

#[repr(C)]
struct File {
    header: sqlite3_file,
    registration: *const Registration,
}

pub(super) fn register(name: &str, plan: FaultPlan) -> Result<(), RegisterError> {
    let c_name = CString::new(name).map_err(|_| RegisterError::BadName(name.into()))?;
    // SAFETY: both names end with a zero byte. SQLite keeps pointers to the VFS, its name and its application data:
    // all three are leaked. The VFS beneath is one of SQLite's own, which are never unregistered.
    unsafe {
        if !ffi::sqlite3_vfs_find(c_name.as_ptr()).is_null() {
            return Err(RegisterError::NameTaken(name.into()));
        }
        let beneath = ffi::sqlite3_vfs_find(c"unix".as_ptr());
        if beneath.is_null() {
            return Err(RegisterError::Refused(ffi::SQLITE_NOTFOUND));
        }
        let own_bytes = c_int::try_from(size_of::<File>()).expect("a file is a few words");
        let vfs = Box::leak(Box::new(sqlite3_vfs {
            szOsFile: own_bytes + (*beneath).szOsFile,
            pNext: ptr::null_mut(),
            zName: c_name.into_raw(),
            pAppData: Box::into_raw(Box::new(Registration { beneath, plan })).cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*beneath
        }));
        match ffi::sqlite3_vfs_register(vfs, 0) {
            ffi::SQLITE_OK => Ok(()),
            code => Err(RegisterError::Refused(code)),
        }
    }
}

unsafe fn registration<'a>(vfs: *mut sqlite3_vfs) -> &'a Registration {
    // SAFETY: SQLite hands a VFS's functions the VFS that was registered, whose data `register` leaked.
    unsafe { &*(*vfs).pAppData.cast() }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: `file` has `szOsFile` bytes. A file without methods is one that SQLite will not close.
    unsafe {
        let registration = registration(vfs);
        (*file).pMethods = ptr::null();
        (*file.cast::<File>()).registration = registration;
        let operation = if is_there(name) { Operation::Open } else { Operation::Create };
        if let Some(code) = registration.plan.step(operation) {
            return code;
        }
        let Some(open_beneath) = (*registration.beneath).xOpen else { return ffi::SQLITE_CANTOPEN };
        let code = open_beneath(registration.beneath, name, beneath(file), flags, flags_out);
        if !(*beneath(file)).pMethods.is_null() {
            (*file).pMethods = &raw const METHODS;
        }
        code
    }
}

/// False for a temporary file, which has no name until it is made.
unsafe fn is_there(name: *const c_char) -> bool {
    // SAFETY: SQLite's names end with a zero byte.
    !name.is_null() && unsafe { CStr::from_ptr(name) }.to_str().is_ok_and(|name| Path::new(name).exists())
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as for `open`.
    unsafe {
        let registration = registration(vfs);
        if let Some(code) = registration.plan.step(Operation::Delete) {
            return code;
        }
        let Some(delete_beneath) = (*registration.beneath).xDelete else { return ffi::SQLITE_IOERR_DELETE };
        delete_beneath(registration.beneath, name, sync_folder)
    }
}

/// The file of the VFS beneath.
unsafe fn beneath(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: it lies right behind our own part of the same block.
    unsafe { file.cast::<File>().add(1).cast() }
}

unsafe fn step(file: *mut sqlite3_file, operation: Operation) -> Option<c_int> {
    // SAFETY: `open` set the registration before it gave the file methods.
    unsafe { (*(*file.cast::<File>()).registration).plan.step(operation) }
}

macro_rules! methods {
    ($($function:ident = $method:ident($($arg:ident: $type:ty),*) $(counts $operation:ident)?;)+) => {$(
        unsafe extern "C" fn $function(file: *mut sqlite3_file $(, $arg: $type)*) -> c_int {
            // SAFETY: SQLite calls this for a file that `open` gave methods, with arguments fit for the file beneath.
            unsafe {
                $(if let Some(code) = step(file, Operation::$operation) {
                    return code;
                })?
                let file = beneath(file);
                match (*(*file).pMethods).$method {
                    Some(method) => method(file $(, $arg)*),
                    None => ffi::SQLITE_IOERR,
                }
            }
        }
    )+};
}

methods! {
    close = xClose();
    read = xRead(into: *mut c_void, bytes: c_int, at: sqlite3_int64) counts Read;
    write_beneath = xWrite(from: *const c_void, bytes: c_int, at: sqlite3_int64);
    truncate = xTruncate(bytes: sqlite3_int64) counts Truncate;
    sync = xSync(flags: c_int) counts Sync;
    file_size = xFileSize(bytes: *mut sqlite3_int64);
    lock = xLock(level: c_int);
    unlock = xUnlock(level: c_int);
    check_reserved_lock = xCheckReservedLock(held: *mut c_int);
    file_control = xFileControl(what: c_int, argument: *mut c_void);
    sector_size = xSectorSize();
    device_characteristics = xDeviceCharacteristics();
    shm_map_beneath = xShmMap(region: c_int, bytes: c_int, extend: c_int, at: *mut *mut c_void);
    shm_lock_beneath = xShmLock(offset: c_int, count: c_int, flags: c_int);
    shm_unmap = xShmUnmap(delete: c_int);
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    bytes: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: as for the other methods; half of a buffer is within it.
    unsafe {
        match step(file, Operation::Write) {
            Some(code) => {
                write_beneath(file, from, bytes / 2, at);
                code
            }
            None => write_beneath(file, from, bytes, at),
        }
    }
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    at: *mut *mut c_void,
) -> c_int {
    let operation = if extend == 0 { Operation::ShmMap } else { Operation::ShmGrow };
    // SAFETY: as for the other methods.
    unsafe { step(file, operation).unwrap_or_else(|| shm_map_beneath(file, region, bytes, extend, at)) }
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: as for the other methods.
    unsafe {
        let fault = if flags & ffi::SQLITE_SHM_LOCK == 0 { None } else { step(file, Operation::ShmLock) };
        fault.unwrap_or_else(|| shm_lock_beneath(file, offset, count, flags))
    }
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: as for the other methods.
    unsafe {
        let file = beneath(file);
        if let Some(barrier) = (*(*file).pMethods).xShmBarrier {
            barrier(file);
        }
    }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
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
