//! A thermistor at an ADC: 10 kΩ at 25 °C, beta 3950, towards ground under a resistor of 10 kΩ.

use maitred_wire::Fault;

use crate::Thermometer;

/// Of a 12-bit ADC, from hot to cold: its value at each temperature. Between them is a straight line, off by 0.2 °C at most.
const TABLE: [(u16, i32); 33] = [
    (160, 120_000),
    (181, 115_000),
    (206, 110_000),
    (234, 105_000),
    (267, 100_000),
    (305, 95_000),
    (350, 90_000),
    (401, 85_000),
    (462, 80_000),
    (532, 75_000),
    (613, 70_000),
    (707, 65_000),
    (815, 60_000),
    (940, 55_000),
    (1_081, 50_000),
    (1_241, 45_000),
    (1_419, 40_000),
    (1_614, 35_000),
    (1_825, 30_000),
    (2_048, 25_000),
    (2_278, 20_000),
    (2_510, 15_000),
    (2_738, 10_000),
    (2_955, 5_000),
    (3_156, 0),
    (3_337, -5_000),
    (3_495, -10_000),
    (3_629, -15_000),
    (3_740, -20_000),
    (3_830, -25_000),
    (3_900, -30_000),
    (3_955, -35_000),
    (3_996, -40_000),
];

/// The temperature of a 12-bit value, in thousandths of a degree Celsius.
///
/// # Errors
/// [`Fault::SensorMissing`] when the line is open, [`Fault::SensorGarbled`] when it is shorted.
pub fn milli_celsius_of_divider(value: u16) -> Result<i32, Fault> {
    let after = TABLE.partition_point(|(at, _)| *at < value);
    if after == TABLE.len() {
        return Err(Fault::SensorMissing);
    }
    if after == 0 {
        return Err(Fault::SensorGarbled);
    }
    let ((low, hotter), (high, colder)) = (TABLE[after - 1], TABLE[after]);
    let share = i32::from(value - low) * (colder - hotter) / i32::from(high - low);
    Ok(hotter + share)
}

/// A thermistor, read by a function that asks the ADC: there is no common trait for those.
#[derive(Debug)]
pub struct Thermistor<Read> {
    read: Read,
}

impl<Read: FnMut() -> u16> Thermistor<Read> {
    /// The thermistor whose 12-bit values `read` gives.
    pub fn new(read: Read) -> Self {
        Self { read }
    }
}

impl<Read: FnMut() -> u16> Thermometer for Thermistor<Read> {
    const TAKES_MS: u64 = 0;

    fn begin(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// The middle of five: a switching supply disturbs single samples.
    fn end(&mut self) -> Result<i32, Fault> {
        let mut values = [0; 5];
        for value in &mut values {
            *value = (self.read)();
        }
        values.sort_unstable();
        milli_celsius_of_divider(values[2])
    }
}
