#include "maitred_wire.h"

#include <string.h>

struct body {
    uint8_t bytes[MW_CONTENT_BYTES_MAX];
    size_t length;
};

static uint32_t checksum(const uint8_t *bytes, size_t length) {
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static void put(struct body *body, uint8_t byte) { body->bytes[body->length++] = byte; }

/* Seven bits a byte, the low ones first; the high bit says that more follow. */
static void put_number(struct body *body, uint32_t number) {
    while (number > 0x7f) {
        put(body, (uint8_t)(number | 0x80));
        number >>= 7;
    }
    put(body, (uint8_t)number);
}

static void begin(struct body *body, uint8_t type) {
    body->length = 0;
    put(body, MW_VERSION);
    put(body, type);
}

static size_t finish(struct body *body, uint8_t *out) {
    uint32_t crc = checksum(body->bytes, body->length);
    for (int i = 0; i < 4; i++) put(body, (uint8_t)(crc >> (8 * i)));
    /* No frame has 254 bytes, so a block never is full. */
    size_t block = 0, at = 1;
    for (size_t i = 0; i < body->length; i++) {
        if (body->bytes[i] == 0) {
            out[block] = (uint8_t)(at - block);
            block = at++;
        } else {
            out[at++] = body->bytes[i];
        }
    }
    out[block] = (uint8_t)(at - block);
    out[at++] = 0;
    return at;
}

size_t mw_write_hello(uint8_t *out, const struct mw_hello *hello) {
    struct body body;
    size_t length = strlen(hello->serial);
    if (length > MW_SERIAL_BYTES_MAX) return 0;
    begin(&body, MW_HELLO);
    put(&body, hello->kind);
    put_number(&body, hello->boot);
    put_number(&body, hello->first);
    for (int i = 0; i < 3; i++) put(&body, hello->firmware[i]);
    put_number(&body, (uint32_t)length);
    for (size_t i = 0; i < length; i++) put(&body, (uint8_t)hello->serial[i]);
    return finish(&body, out);
}

size_t mw_write_event(uint8_t *out, const struct mw_event *event) {
    struct body body;
    begin(&body, MW_EVENT);
    put_number(&body, event->boot);
    put_number(&body, event->seq);
    put(&body, event->type);
    switch (event->type) {
    case MW_KEY:
        put_number(&body, event->code);
        break;
    case MW_CALL:
        put_number(&body, event->code);
        put(&body, event->what);
        break;
    case MW_READING:
        /* Zigzag: 0, -1, 1, -2 are 0, 1, 2, 3. */
        put_number(&body, ((uint32_t)event->milli_celsius << 1) ^ (event->milli_celsius < 0 ? 0xffffffffu : 0u));
        break;
    default:
        put(&body, event->what);
    }
    return finish(&body, out);
}

size_t mw_write_status(uint8_t *out, const struct mw_status *status) {
    struct body body;
    begin(&body, MW_STATUS);
    put(&body, status->battery_percent >= 0);
    if (status->battery_percent >= 0) put(&body, (uint8_t)status->battery_percent);
    put_number(&body, status->dropped);
    put_number(&body, status->up_seconds);
    return finish(&body, out);
}

size_t mw_write_answer(uint8_t *out, const struct mw_answer *answer) {
    struct body body;
    begin(&body, MW_ANSWER);
    put_number(&body, answer->session);
    put_number(&body, answer->seq);
    put(&body, answer->outcome);
    return finish(&body, out);
}

struct reading {
    const uint8_t *at;
    const uint8_t *end;
    int is_good;
};

static uint8_t take(struct reading *reading) {
    if (reading->at == reading->end) {
        reading->is_good = 0;
        return 0;
    }
    return *reading->at++;
}

static uint32_t take_number(struct reading *reading) {
    uint32_t number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        uint8_t byte = take(reading);
        number |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return number;
    }
    reading->is_good = 0;
    return 0;
}

static void take_text(struct reading *reading, char *text) {
    uint32_t length = take_number(reading);
    if (length > MW_TEXT_BYTES_MAX || length > (size_t)(reading->end - reading->at)) {
        reading->is_good = 0;
        return;
    }
    memcpy(text, reading->at, length);
    text[length] = 0;
    reading->at += length;
}

static void take_command(struct reading *reading, struct mw_heard *heard) {
    heard->session = take_number(reading);
    heard->seq = take_number(reading);
    heard->action = take(reading);
    switch (heard->action) {
    case MW_PAGE:
        heard->pager = (uint16_t)take_number(reading);
        heard->pattern = take(reading);
        break;
    case MW_SHOW:
        take_text(reading, heard->upper);
        take_text(reading, heard->lower);
        break;
    case MW_LIGHT:
        heard->colour = take(reading);
        heard->blink = take(reading);
        break;
    case MW_SOUND:
        heard->pattern = take(reading);
        break;
    default:
        reading->is_good = 0;
    }
}

/* The content of a stuffed packet, or 0 when it was none. */
static size_t unstuff(const uint8_t *packet, size_t length, uint8_t *content) {
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        size_t code = packet[at++];
        if (code == 0 || at + code - 1 > length) return 0;
        for (size_t i = 1; i < code; i++) {
            if (written == MW_CONTENT_BYTES_MAX) return 0;
            content[written++] = packet[at++];
        }
        if (at < length && code < 0xff) {
            if (written == MW_CONTENT_BYTES_MAX) return 0;
            content[written++] = 0;
        }
    }
    return written;
}

int mw_read(const uint8_t *packet, size_t length, struct mw_heard *heard) {
    uint8_t content[MW_CONTENT_BYTES_MAX];
    size_t size = unstuff(packet, length, content);
    if (size < 6 || content[0] != MW_VERSION) return 0;
    uint32_t crc = checksum(content, size - 4);
    for (int i = 0; i < 4; i++)
        if (content[size - 4 + i] != (uint8_t)(crc >> (8 * i))) return 0;
    struct reading reading = {content + 2, content + size - 4, 1};
    memset(heard, 0, sizeof *heard);
    heard->type = content[1];
    switch (heard->type) {
    case MW_GREET:
        break;
    case MW_WELCOME:
        heard->boot = take_number(&reading);
        heard->session = take_number(&reading);
        heard->safe = take_number(&reading);
        break;
    case MW_ACK:
        heard->boot = take_number(&reading);
        heard->safe = take_number(&reading);
        break;
    case MW_COMMAND:
        take_command(&reading, heard);
        break;
    default:
        return 0;
    }
    return reading.is_good && reading.at == reading.end;
}
