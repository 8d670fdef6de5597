/* Writes one frame of each sort in hexadecimal digits, a line each, then reads such lines and says what they are. */
#include <stdio.h>

#include "maitred_wire.h"

static void say(const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
    printf("\n");
}

static void write_some(void) {
    uint8_t out[MW_PACKET_BYTES_MAX];
    struct mw_hello hello = {MW_PROBE, 0xdeadbeef, 300, {1, 2, 3}, "walk-in"};
    say(out, mw_write_hello(out, &hello));
    struct mw_event event = {7, 70000, MW_KEY, 260, 0, 0};
    say(out, mw_write_event(out, &event));
    event.type = MW_CALL, event.what = MW_CALL_BILL;
    say(out, mw_write_event(out, &event));
    event.type = MW_READING, event.milli_celsius = -18500;
    say(out, mw_write_event(out, &event));
    event.type = MW_FAULT, event.what = MW_KEY_STUCK;
    say(out, mw_write_event(out, &event));
    struct mw_status status = {-1, 0, 3600};
    say(out, mw_write_status(out, &status));
    status.battery_percent = 80;
    say(out, mw_write_status(out, &status));
    struct mw_answer answer = {0xffffffff, 1, MW_REFUSED};
    say(out, mw_write_answer(out, &answer));
}

static void read_line(const char *line) {
    uint8_t packet[512];
    size_t length = 0;
    unsigned byte;
    struct mw_heard heard;
    while (length < sizeof packet && sscanf(line + 2 * length, "%2x", &byte) == 1) packet[length++] = (uint8_t)byte;
    if (!mw_read(packet, length, &heard)) {
        printf("noise\n");
        return;
    }
    printf("%d boot %u session %u safe %u seq %u action %d pager %u pattern %d colour %d blink %d [%s] [%s]\n", heard.type,
           heard.boot, heard.session, heard.safe, heard.seq, heard.action, heard.pager, heard.pattern, heard.colour,
           heard.blink, heard.upper, heard.lower);
}

int main(void) {
    char line[1100];
    write_some();
    while (fgets(line, sizeof line, stdin)) read_line(line);
    return 0;
}
