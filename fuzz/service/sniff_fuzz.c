/* Files that people hand in: whatever they are, sniffing ends within bounds, and what is taken begins as its kind does and does
 * not end as an archive unless it is one. */
#include "fuzz/fuzz.h"
#include "service/file/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum media m;
    str s = { (const char *)data, size };
    if (!status_ok(media_sniff(s, &m)))
        return 0;
    MUST(m < MEDIA_COUNT && size >= 8);
    bool archive = m == MEDIA_DOCX || m == MEDIA_XLSX || m == MEDIA_ODT;
    MUST(str_starts(s, STR("PK\3\4")) == archive);
    MUST(str_starts(s, STR("%PDF-")) == (m == MEDIA_PDF));
    MUST(!str_starts(s, STR("MZ")) && !str_starts(s, STR("\x7f" "ELF")) && !str_starts(s, STR("<")));
    return 0;
}
