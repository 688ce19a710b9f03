#include "FerryGuestMemory.h"
