#include "table/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const idle[] = {"total", "training", "train", "pretraining", "pretrain"};

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_idle(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (strlen(idle[i]) == length && !strncasecmp(idle[i], word, length))
            return true;
    return false;
}

/* The next word that says something, its length; 0 at the end. */
static size_t next_word(const char **at)
{
    for (;;) {
        size_t n = 0;
        while (**at && !is_letter(**at))
            ++*at;
        while (is_letter((*at)[n]))
            n++;
        if (!n || !is_idle(*at, n))
            return n;
        *at += n;
    }
}

bool fsci_same_words(const char *a, const char *b)
{
    bool any = false;
    if (!a[0] || !b[0] || !a[1] || !b[1])
        return !strcmp(a, b);
    for (;;) {
        size_t n = next_word(&a), m = next_word(&b);
        if (!n || !m)
            return n == m && any;
        if (n != m || strncasecmp(a, b, n) != 0)
            return false;
        any = true;
        a += n;
        b += m;
    }
}

const fsci_column *fsci_table_find_words(const fsc_table *table, const char *name)
{
    const fsci_column *found = NULL;
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        const fsci_column *column = fsci_table_column(table, i);
        if (!fsci_same_words(column->name, name))
            continue;
        if (found)
            return NULL;
        found = column;
    }
    return found;
}
