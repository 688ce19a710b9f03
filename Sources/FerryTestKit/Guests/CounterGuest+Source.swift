extension CounterGuest {
    /// The boot sector: loads the program behind it, enables the 21st address line, enters protected mode.
    static let bootSource = """
        .code16
        .globl _start
        _start:
            xorw %ax, %ax
            movw %ax, %ds
            movw %ax, %es
            movw %ax, %ss
            movw $0x7c00, %sp
            movw $packet, %si
            movb $0x42, %ah
            int $0x13
            jc failed
            cli
            inb $0x92, %al
            orb $0x02, %al
            andb $0xfe, %al
            outb %al, $0x92
            lgdt descriptor
            movl %cr0, %eax
            orb $1, %al
            movl %eax, %cr0
            ljmpl $0x08, $0x10000
        failed:
            movw $0x3f8, %dx
            movb $'F', %al
            outb %al, %dx
            hlt
            jmp failed
        .balign 4
        packet:                       /* of the BIOS's extended read */
            .byte 16, 0
            .word PROGRAM_SECTORS
            .word 0x0000, 0x1000      /* to 0x10000 */
            .quad 1
        .balign 8
        table:
            .quad 0
            .quad 0x00cf9a000000ffff
            .quad 0x00cf92000000ffff
        descriptor:
            .word 23
            .long table
        .org 510
            .word 0xaa55

        """

    /// First bytes of the program: flat segments and a stack.
    static let entrySource = """
        .code32
        .globl entry
        entry:
            movw $0x10, %ax
            movw %ax, %ds
            movw %ax, %es
            movw %ax, %ss
            movw %ax, %fs
            movw %ax, %gs
            movl $0x7c00, %esp
            call count_for_ever
        stop:
            hlt
            jmp stop

        """

    /// The program. Everything it remembers is on the stack or at a fixed address: a flat binary has no bss.
    static let counterSource = """
        typedef unsigned char u8;
        typedef unsigned short u16;
        typedef unsigned int u32;
        typedef unsigned long long u64;

        #define PAGE 4096u
        #define FIRST 0x100000u
        #define BUFFERS LAST                   /* the ring starts where the counters end */
        #define SLOTS 61u                      /* no divisor of REGIONS: a buffer's next contents are always others */
        #define DEPTH 8u
        #define QUEUE 0x80000u
        #define HEADERS 0x78000u
        #define STATES 0x79000u
        #define RECORD 0x7a000u

        static inline void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
        static inline void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
        static inline void outl(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }
        static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port)); return v; }
        static inline u16 inw(u16 port) { u16 v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port)); return v; }
        static inline u32 inl(u16 port) { u32 v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port)); return v; }
        static inline void barrier(void) { __asm__ volatile("lock; addl $0, (%%esp)" ::: "memory"); }

        static void say(char letter) {
            while (!(inb(0x3fd) & 0x20)) {}
            outb(0x3f8, (u8)letter);
        }

        static void say_number(u32 value) {
            for (int shift = 28; shift >= 0; shift -= 4) say("0123456789abcdef"[(value >> shift) & 15]);
            say(' ');
        }

        static void complain(u32 what, u32 where, u32 found, u32 wanted) {
            say('X');
            say_number(what);
            say_number(where);
            say_number(found);
            say_number(wanted);
            for (;;) __asm__ volatile("cli; hlt");
        }

        struct descriptor { u64 address; u32 length; u16 flags, next; };
        struct header { u32 kind, reserved; u64 sector; };

        struct disk {
            u16 port, size, used, made;
            u32 generation, record;
            int in_flight;                     /* requests of the present batch that are not back */
        };

        static volatile struct descriptor *descriptors(void) { return (void *)QUEUE; }
        static volatile u16 *available(struct disk *disk) { return (void *)(QUEUE + 16u * disk->size); }
        static volatile u16 *used(struct disk *disk) {
            u32 end = QUEUE + 16u * disk->size + 6u + 2u * disk->size;
            return (void *)((end + PAGE - 1) & ~(PAGE - 1));
        }

        static u32 pci(u32 slot, u32 offset) {
            outl(0xcf8, 0x80000000u | slot << 11 | offset);
            return inl(0xcfc);
        }

        /* The first virtio block device, by its legacy registers. */
        static void find(struct disk *disk) {
            for (u32 slot = 0; slot < 32; slot++) {
                if (pci(slot, 0) != 0x10011af4u) continue;
                outl(0xcf8, 0x80000000u | slot << 11 | 4);
                outw(0xcfc, 7);
                disk->port = (u16)(pci(slot, 0x10) & ~3u);
                outb(disk->port + 0x12, 0);
                outb(disk->port + 0x12, 3);
                outl(disk->port + 0x04, 0);
                outw(disk->port + 0x0e, 0);
                disk->size = inw(disk->port + 0x0c);
                for (u32 at = QUEUE; at < QUEUE + 0x10000u; at += 4) *(volatile u32 *)at = 0;
                *available(disk) = 1;          /* no interrupts */
                outl(disk->port + 0x08, QUEUE / PAGE);
                outb(disk->port + 0x12, 7);
                return;
            }
            complain(1, 0, 0, 0);
        }

        static void submit(struct disk *disk, u32 index, int writing, u64 byte, u32 buffer, u32 length) {
            volatile struct header *header = (void *)(HEADERS + 16u * index);
            volatile struct descriptor *first = descriptors() + 3u * index;
            header->kind = writing ? 1 : 0;
            header->reserved = 0;
            header->sector = byte / 512u;
            *(volatile u8 *)(STATES + index) = 0xff;
            first[0].address = (u32)header;
            first[0].length = 16;
            first[0].flags = 1;
            first[0].next = 3u * index + 1;
            first[1].address = buffer;
            first[1].length = length;
            first[1].flags = writing ? 1 : 3;
            first[1].next = 3u * index + 2;
            first[2].address = STATES + index;
            first[2].length = 1;
            first[2].flags = 2;
            available(disk)[2 + disk->made % disk->size] = (u16)(3u * index);
            barrier();
            available(disk)[1] = ++disk->made;
            disk->in_flight++;
        }

        /* Never neighbours in one batch: a device would merge them into one request. */
        static u32 region_of(u32 generation) { return generation * 37 % REGIONS; }

        static void verify(u32 buffer, u32 region) {
            for (u32 page = 0; page < REGION_SIZE / PAGE; page++) {
                volatile u32 *words = (void *)(buffer + page * PAGE);
                if (words[0] != region || words[1022] != region) complain(2, (u32)words, words[0], region);
                if (words[1] != page || words[1023] != page) complain(3, (u32)words, words[1], page);
            }
        }

        /* Starts the next batch when the last one is back. */
        static void go_on(struct disk *disk) {
            barrier();
            while (disk->used != used(disk)[1]) {
                u32 index = *(volatile u32 *)(used(disk) + 2 + 4u * (disk->used % disk->size)) / 3u;
                if (*(volatile u8 *)(STATES + index)) complain(4, index, *(volatile u8 *)(STATES + index), 0);
                disk->used++;
                disk->in_flight--;
            }
            if (disk->in_flight) return;
            if (READS) for (u32 index = 0; index < DEPTH; index++) {
                u32 generation = disk->generation++;
                u32 buffer = BUFFERS + generation % SLOTS * REGION_SIZE;
                if (generation >= SLOTS) verify(buffer, region_of(generation - SLOTS));
                submit(disk, index, 0, REGION_START + (u64)region_of(generation) * REGION_SIZE, buffer, REGION_SIZE);
            }
            if (WRITES) {
                u32 number = ++disk->record;
                volatile u32 *words = (void *)RECORD;
                for (u32 index = 0; index < 1024; index++) words[index] = number ^ index;
                submit(disk, DEPTH, 1, LOG_START + (u64)((number - 1) % LOG_PAGES) * PAGE, RECORD, PAGE);
            }
            barrier();
            outw(disk->port + 0x10, 0);
        }

        void count_for_ever(void) {
            struct disk disk = {0};
            for (u32 page = FIRST; page < LAST; page += PAGE) *(volatile u32 *)page = 0;
            if (READS || WRITES) find(&disk);
            say('R');
            for (u32 pass = 1;; pass++) {
                for (u32 page = FIRST; page < LAST; page += PAGE) {
                    ++*(volatile u32 *)page;
                    for (u32 wait = 0; wait < PAUSE; wait++) inb(0x80);
                    if ((READS || WRITES) && !(page & 0xfffff)) go_on(&disk);
                }
                if (!(pass & 63)) say('.');
            }
        }

        """
}
