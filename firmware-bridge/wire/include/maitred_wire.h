/* The protocol between a microcontroller and maitred-bridge, version 1. SPEC.md says what it means.
 * One encoder for everything that a device says, and one reader for everything that it hears. No allocation. C99. */
#ifndef MAITRED_WIRE_H
#define MAITRED_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define MW_VERSION 1
#define MW_CONTENT_BYTES_MAX 120
#define MW_PACKET_BYTES_MAX 122
#define MW_SERIAL_BYTES_MAX 24
#define MW_TEXT_BYTES_MAX 40
#define MW_WINDOW 8
#define MW_RESEND_AFTER_MS 100
#define MW_RESEND_AFTER_MS_MAX 2000
#define MW_HEARTBEAT_MS 1000
#define MW_SILENCE_MS_MAX 5000

enum mw_frame_type { MW_HELLO, MW_EVENT, MW_STATUS, MW_ANSWER, MW_GREET, MW_WELCOME, MW_ACK, MW_COMMAND };
enum mw_kind { MW_BUMP_BAR, MW_PAGER_BASE, MW_CALL_BUTTON, MW_CUSTOMER_DISPLAY, MW_BEACON, MW_PROBE, MW_DRAWER };
enum mw_event_type { MW_KEY, MW_CALL, MW_READING, MW_FAULT };
enum mw_call { MW_CALL_CALL, MW_CALL_BILL, MW_CALL_CANCEL };
enum mw_fault { MW_SENSOR_MISSING, MW_SENSOR_GARBLED, MW_SUPPLY, MW_KEY_STUCK, MW_INTERNAL };
enum mw_action_type { MW_PAGE, MW_SHOW, MW_LIGHT, MW_SOUND };
enum mw_pattern { MW_OFF, MW_SHORT, MW_DOUBLE, MW_LONG, MW_ALARM };
enum mw_colour { MW_DARK, MW_RED, MW_AMBER, MW_GREEN, MW_BLUE, MW_WHITE };
enum mw_outcome { MW_DONE, MW_REFUSED };

struct mw_hello {
    uint8_t kind;
    uint32_t boot;
    uint32_t first;
    uint8_t firmware[3];
    const char *serial; /* ASCII, at most MW_SERIAL_BYTES_MAX */
};

struct mw_event {
    uint32_t boot;
    uint32_t seq;
    uint8_t type;
    uint16_t code;         /* MW_KEY: the key; MW_CALL: the button */
    uint8_t what;          /* MW_CALL, MW_FAULT */
    int32_t milli_celsius; /* MW_READING */
};

struct mw_status {
    int battery_percent; /* below 0: no battery */
    uint32_t dropped;
    uint32_t up_seconds;
};

struct mw_answer {
    uint32_t session;
    uint32_t seq;
    uint8_t outcome;
};

/* What a device hears. */
struct mw_heard {
    uint8_t type;     /* MW_GREET, MW_WELCOME, MW_ACK, MW_COMMAND */
    uint32_t boot;    /* MW_WELCOME, MW_ACK */
    uint32_t session; /* MW_WELCOME, MW_COMMAND */
    uint32_t safe;    /* MW_WELCOME, MW_ACK */
    uint32_t seq;     /* MW_COMMAND, and what follows */
    uint8_t action;
    uint16_t pager;
    uint8_t pattern;
    uint8_t colour;
    uint8_t blink;
    char upper[MW_TEXT_BYTES_MAX + 1];
    char lower[MW_TEXT_BYTES_MAX + 1];
};

/* Each writes one packet with its closing zero to `out`, which has room for MW_PACKET_BYTES_MAX, and returns its length;
 * 0 when a text is too long. */
size_t mw_write_hello(uint8_t *out, const struct mw_hello *hello);
size_t mw_write_event(uint8_t *out, const struct mw_event *event);
size_t mw_write_status(uint8_t *out, const struct mw_status *status);
size_t mw_write_answer(uint8_t *out, const struct mw_answer *answer);

/* Reads what stood before a zero, without that zero. 1 when it is a frame that a device hears, else 0. */
int mw_read(const uint8_t *packet, size_t length, struct mw_heard *heard);

#endif
