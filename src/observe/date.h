/* date: days of the calendar as they stand in tables. */
#ifndef FSCI_OBSERVE_DATE_H
#define FSCI_OBSERVE_DATE_H

#include <stdbool.h>

/* The last day that the text may mean, as 10000 year + 100 month + day: 20230718 for "2023-07-18",
 * 20230731 for "2023-07", 20231231 for "2023". A time of day may follow a full date. False for
 * anything else. */
bool fsci_date_read(const char *text, int *last_day);

/* Such a day as a year with a fraction: 2023.54 for 20230718. */
double fsci_date_years(int day);

#endif
