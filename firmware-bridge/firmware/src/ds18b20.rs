//! The DS18B20 on a 1-wire line (datasheet 19-7487): one sensor alone, external supply, 12 bits.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use maitred_wire::Fault;

use crate::Thermometer;

const SKIP_ROM: u8 = 0xcc;
const CONVERT: u8 = 0x44;
const READ_SCRATCHPAD: u8 = 0xbe;
/// What the scratchpad holds before anything was measured.
const NOT_MEASURED: i16 = 0x0550;

/// One sensor at an open-drain pin with a pull-up.
#[derive(Debug)]
pub struct Ds18b20<Pin, Delay> {
    pin: Pin,
    delay: Delay,
}

impl<Pin: InputPin + OutputPin, Delay: DelayNs> Ds18b20<Pin, Delay> {
    /// The sensor at `pin`.
    pub fn new(pin: Pin, delay: Delay) -> Self {
        Self { pin, delay }
    }

    /// Resets the line; a sensor answers by holding it low.
    fn reset(&mut self) -> Result<(), Fault> {
        self.drive(false);
        self.delay.delay_us(480);
        self.drive(true);
        self.delay.delay_us(70);
        let is_there = self.is_low();
        self.delay.delay_us(410);
        if is_there { Ok(()) } else { Err(Fault::SensorMissing) }
    }

    fn drive(&mut self, high: bool) {
        // A pin of a microcontroller does not fail; a line that does not move is found by the checksum.
        let _ = if high { self.pin.set_high() } else { self.pin.set_low() };
    }

    fn is_low(&mut self) -> bool {
        self.pin.is_low().unwrap_or(false)
    }

    fn write(&mut self, byte: u8) {
        for bit in 0..8 {
            let low_us = if byte >> bit & 1 == 1 { 6 } else { 60 };
            self.drive(false);
            self.delay.delay_us(low_us);
            self.drive(true);
            self.delay.delay_us(70 - low_us);
        }
    }

    fn read(&mut self) -> u8 {
        (0..8).fold(0, |byte, bit| {
            self.drive(false);
            self.delay.delay_us(3);
            self.drive(true);
            self.delay.delay_us(9);
            let one = u8::from(!self.is_low());
            self.delay.delay_us(58);
            byte | one << bit
        })
    }
}

impl<Pin: InputPin + OutputPin, Delay: DelayNs> Thermometer for Ds18b20<Pin, Delay> {
    const TAKES_MS: u64 = 750;

    fn begin(&mut self) -> Result<(), Fault> {
        self.reset()?;
        self.write(SKIP_ROM);
        self.write(CONVERT);
        Ok(())
    }

    fn end(&mut self) -> Result<i32, Fault> {
        self.reset()?;
        self.write(SKIP_ROM);
        self.write(READ_SCRATCHPAD);
        let mut scratchpad = [0; 9];
        for byte in &mut scratchpad {
            *byte = self.read();
        }
        milli_celsius_of_scratchpad(&scratchpad)
    }
}

/// What a scratchpad says, in thousandths of a degree Celsius.
///
/// # Errors
/// [`Fault::SensorMissing`] for a line that stays high, [`Fault::SensorGarbled`] for a wrong checksum or the value that
/// stands there before anything was measured.
pub fn milli_celsius_of_scratchpad(scratchpad: &[u8; 9]) -> Result<i32, Fault> {
    if scratchpad.iter().all(|byte| *byte == 0xff) {
        return Err(Fault::SensorMissing);
    }
    let is_empty = scratchpad.iter().all(|byte| *byte == 0);
    if is_empty || checksum(&scratchpad[..8]) != scratchpad[8] {
        return Err(Fault::SensorGarbled);
    }
    let sixteenths = i16::from_le_bytes([scratchpad[0], scratchpad[1]]);
    if sixteenths == NOT_MEASURED && scratchpad[6] == 0x0c {
        return Err(Fault::SensorGarbled);
    }
    Ok(i32::from(sixteenths) * 1000 / 16)
}

/// CRC-8/MAXIM.
fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x8c } else { crc >> 1 })
    })
}
